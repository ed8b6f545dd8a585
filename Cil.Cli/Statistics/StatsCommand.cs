using System.CommandLine;
using System.Globalization;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Datasets;
using Cil.Diffusion.Media;
using Cil.Diffusion.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Cli.Statistics;

/// <summary>`cil stats`: what Analytic-Init needs to know of a data set.</summary>
public static class StatsCommand
{
    public static Command Build() => new("stats", "Analytic-Init statistics: E[X0] and the variance of a data set's latents.") { BuildCommand(), ShowCommand() };

    private static Command BuildCommand()
    {
        var data = new Argument<string>("DATA") { Description = "a folder of clips, as 'cil dataset' makes them" };
        var output = new Option<string>("--output", "-o") { Description = "the statistics file, for 'cil render --analytic-init'", Required = true };
        var model = Values.Text("--model", "the model whose latents they are: a name or a folder", "cil-tiny");
        var size = Values.Size("--size", "pixels (default: as the model was trained)");
        var frames = Values.Whole("--frames", "frames of a clip (default: the model's)");
        var shard = Values.Whole("--shard", "clips that are measured together; a run that was stopped goes on at the next shard", 32, 1, 1_000_000);
        var seed = Values.Seed("seed of the posterior samples (default 1)");
        var command = new Command("build", "Measures a data set.") { data, output, model, size, frames, shard, seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = parsed.GetRequiredValue(data);
            IReadOnlyList<ClipList.Entry> clips = ClipList.Read(folder);
            using var file = new OutputFile("--output", parsed.GetRequiredValue(output));
            set_num_threads(Environment.ProcessorCount);
            using VideoPipeline pipeline = VideoPipeline.Load(ModelLocations.Find("--model", parsed.GetRequiredValue(model)), CPU);
            ModelManifest manifest = pipeline.Manifest;
            (int width, int height) = parsed.GetValue(size) ?? (manifest.Width, manifest.Height);
            int count = parsed.GetValue(frames) ?? manifest.Frames;
            if (width % manifest.SizeMultiple != 0 || height % manifest.SizeMultiple != 0)
                throw new BadInputException("--size", $"width and height must be multiples of {manifest.SizeMultiple}, got {width}x{height}");
            if (count < 1) throw new BadInputException("--frames", string.Create(CultureInfo.InvariantCulture, $"expected at least 1, got {count}"));
            ulong drawn = parsed.GetValue(seed) ?? 1;
            var builder = new StatisticsBuilder(manifest.LatentShape(count, height, width), clips.Count, parsed.GetValue(shard));
            Tensor Latents(int clip) => pipeline.EncodeClip(
                ClipDecoder.DecodeAsync(Path.Combine(folder, clips[clip].File), width, height, count, cancellationToken: cancellationToken).GetAwaiter().GetResult(),
                count, height, width, drawn, clip);

            var kept = new ShardFolder($"{file.Path}.shards", $"{pipeline.WeightsHash} {drawn} {width}x{height} {count} {parsed.GetValue(shard)} {string.Join('|', clips.Select(clip => clip.File))}");
            using (var progress = new LineProgress("measuring shard")) Measure(builder, kept, Latents, progress, cancellationToken);
            LatentStatistics statistics = builder.Build();
            await file.WriteAsync(statistics.ToBytes(), cancellationToken);
            kept.Delete();
            Console.WriteLine(Line(file.Path, statistics));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command ShowCommand()
    {
        var file = new Argument<string>("FILE") { Description = "a statistics file" };
        var model = Values.Text("--model", "the model whose latents they are; tells the order of the axes", "cil-tiny");
        var command = new Command("show", "Says what a statistics file holds.") { file, model };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            if (!File.Exists(path)) throw new BadInputException("FILE", $"there is no file {path}");
            ModelManifest manifest = ModelManifest.Read(ModelLocations.Find("--model", parsed.GetRequiredValue(model)));
            Console.WriteLine(Line(path, LatentStatistics.Read(path, manifest.LatentChannels)));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Measure(StatisticsBuilder builder, ShardFolder kept, Func<int, Tensor> latents, LineProgress progress, CancellationToken cancellationToken)
    {
        foreach (StatisticsShard shard in builder.Shards)
        {
            LatentMoments moments = kept.Find(shard) ?? builder.Measure(shard, latents, cancellationToken);
            builder.Add(shard, moments);
            kept.Keep(shard, moments);
            progress.Show(shard.Index + 1, builder.Shards.Count);
        }
    }

    private static string Line(string path, LatentStatistics statistics) => string.Create(
        CultureInfo.InvariantCulture,
        $"{path}: {statistics.Clips} clips, latents (C, T, h, w) = ({string.Join(", ", statistics.Shape)}), variance {statistics.Variance:G5}, largest |E[X0]| {statistics.Expectation.Max(Math.Abs):G4}");
}
