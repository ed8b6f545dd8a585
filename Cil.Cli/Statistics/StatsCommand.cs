using System.CommandLine;
using System.Globalization;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Interfaces.Statistics;
using Cil.Media.Clips;
using Cil.Silo.Hosting;
using Cil.Silo.Options;

namespace Cil.Cli.Statistics;

/// <summary>`cil stats`: what Analytic-Init needs to know of a data set.</summary>
internal static class StatsCommand
{
    public static Command Build() =>
        new("stats", "Analytic-Init statistics: E[X0] and the variance of a data set's latents.") { BuildCommand(), ShowCommand() };

    private static Command BuildCommand()
    {
        var data = new Argument<string>("DATA") { Description = "a folder of clips, as 'cil dataset' makes them" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "the statistics file, for 'cil render --analytic-init'", Required = true,
        };
        Option<string> model = Values.Text("--model", "the model whose latents they are: a name or a folder", "cil-tiny");
        Option<(int Width, int Height)?> size = Values.Size("--size", "pixels (default: as the model was trained)");
        Option<int?> frames = Values.Whole("--frames", "frames of a clip (default: the model's)");
        Option<int> shard = Values.Whole(
            "--shard", "clips that are measured together; a run that was stopped goes on at the next shard", 32, 1, 1_000_000);
        Option<ulong?> seed = Values.Seed("seed of the posterior samples (default 1)");
        Option<int> rank = Values.Whole(
            "--rank", "directions of the largest variance that are measured as well: a start nearer to the data (0: none)", 0, 0, 256);
        Option<int> devices = Values.Whole("--devices", "devices to measure on; the result is the same", 1, 1, 64);
        var command = new Command("build", "Measures a data set, on all devices.")
        {
            data, output, model, size, frames, shard, rank, seed, devices,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = Path.GetFullPath(parsed.GetRequiredValue(data)),
                place = ModelLocations.Find("--model", parsed.GetRequiredValue(model));
            _ = ClipList.Read(folder);
            using var file = new OutputFile("--output", parsed.GetRequiredValue(output), Path.Combine(folder, ClipList.FileName));
            // Beside the output until it is whole: the same command again goes on with what is measured.
            using var kept = new ShardFolder(ShardFolder.Of(file.Path));
            await using (CilHost grid = await CilHost.StartEmbeddedAsync(
                new EmbeddedOptions
                {
                    DataFolder = kept.Path, ModelFolders = [place], DatasetFolders = [folder], Devices = parsed.GetValue(devices),
                }, cancellationToken))
            {
                byte[] statistics = await BuildAsync(grid.Client, new StatisticsRequest
                {
                    Dataset = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
                    Model = ModelFolder.Read(place).Name,
                    Width = parsed.GetValue(size)?.Width,
                    Height = parsed.GetValue(size)?.Height,
                    Frames = parsed.GetValue(frames),
                    ClipsPerShard = parsed.GetValue(shard),
                    Seed = parsed.GetValue(seed) ?? 1,
                    Rank = parsed.GetValue(rank),
                }, cancellationToken);
                await file.WriteAsync(statistics, cancellationToken);
                kept.IsNeeded = false;
            }

            Console.WriteLine(Line(file.Path, LatentStatistics.Read(file.Path, ModelFolder.Read(place).LatentChannels)));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<byte[]> BuildAsync(ICilClient client, StatisticsRequest request, CancellationToken cancellationToken)
    {
        StatisticsSnapshot? last = null;
        using (var progress = new LineProgress("measuring clip"))
        {
            await foreach (StatisticsSnapshot snapshot in client.BuildStatisticsAsync(request, cancellationToken))
            {
                last = snapshot;
                progress.Show(snapshot.ClipsDone, snapshot.Clips);
            }
        }

        return last switch
        {
            { Blob: { } blob } => await client.DownloadAsync(blob, cancellationToken),
            { Error: { Code: JobError.InvalidClip } error } => throw new BadInputException("DATA", error.Message),
            { Error: { } error } => throw new CommandFailedException($"the measurement failed: {error.Message}"),
            _ => throw new CommandFailedException("the measurement ended without a result"),
        };
    }

    private static Command ShowCommand()
    {
        var file = new Argument<string>("FILE") { Description = "a statistics file" };
        Option<string> model = Values.Text("--model", "the model whose latents they are; tells the order of the axes", "cil-tiny");
        Option<int?> start = Values.Whole("--start", "an M: what the file is worth there, in nats");
        var command = new Command("show", "Says what a statistics file holds.") { file, model, start };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            if (!File.Exists(path)) throw new BadInputException("FILE", $"there is no file {path}");
            ModelManifest manifest = ModelFolder.Read(ModelLocations.Find("--model", parsed.GetRequiredValue(model)));
            var statistics = LatentStatistics.Read(path, manifest.LatentChannels);
            Console.WriteLine(Line(path, statistics));
            if (parsed.GetValue(start) is { } m) Console.WriteLine(Worth(manifest, statistics, m));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Worth(ModelManifest manifest, LatentStatistics statistics, int start)
    {
        if (start < 1 || start > manifest.HighestStart)
        {
            throw new BadInputException(
                "--start",
                string.Create(CultureInfo.InvariantCulture, $"M must be 1 to {manifest.HighestStart} for {manifest.Name}, got {start}"));
        }

        (double signal, double noise) = manifest.Marginal(start);
        StartingGaussian gaussian = new(signal, Math.Sqrt((signal * signal * statistics.Variance) + (noise * noise)));
        double mismatch = AutomaticStart.Mismatch((signal, noise), statistics.Variance, statistics.Expectation.Length),
            gain = gaussian.Gain(statistics), plain = gaussian.GainOverPlain(statistics) - gain;
        string directions = statistics.Components is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; the directions bring it {gain:G4} nearer");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"at M = {start}: the isotropic start is at most {mismatch:G4} nats from the data, and {plain:G4} nearer than N(0, 1)"
                + $"{directions}");
    }

    private static string Line(string path, LatentStatistics statistics) => string.Create(
        CultureInfo.InvariantCulture,
        $"{path}: {statistics.Clips} clips, latents (C, T, h, w) = ({string.Join(", ", statistics.Shape)}), variance "
            + $"{statistics.Variance:G5}, largest |E[X0]| {statistics.Expectation.Max(Math.Abs):G4}")
        + (statistics.Components is not { } components ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; along {components.Rank} directions from {components.Variances[0]:G4} to {components.Variances[^1]:G4}, "
                + $"{components.Rest(statistics.Variance, statistics.Expectation.Length):G4} along the others"));
}
