using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Leakage;
using Cil.Evaluation.Motion;
using Cil.Media.Clips;
using Cil.Training.Datasets;
using Cil.Training.Plots;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval leakage`: how much a network leans on the conditional image, at each time.</summary>
internal static class LeakageCommand
{
    internal static Command Build()
    {
        var model = new Argument<string>("MODEL") { Description = "a model's name or folder", DefaultValueFactory = _ => "cil-tiny" };
        var data = new Option<string?>("--data")
        {
            Description = "a folder of clips with captions, as 'cil dataset' makes them (default: held-out sprites, named and no more)",
        };
        Option<int> count = Values.Whole("--count", "clips", 8, 2, 10_000);
        Option<ulong?> seed = Values.Seed("which clips and noise are drawn (default 900)");
        var plot = new Option<string?>("--plot") { Description = "an SVG of both curves" };
        var keep = new Option<bool>("--keep")
        {
            Description = $"write the curve into the model's folder, as {LeakageCurve.FileName}: 'cil render --start auto' goes by it",
        };
        var device = new DeviceOption("where it is measured");
        var inputs = new SpriteInputs();
        var command = new Command(
            "leakage",
            "Measures conditional image leakage: what of a clip's motion a network reads out "
                + "of the noise (R), and how far it follows the image (S).")
        {
            model, data, count, seed, plot, keep, device.Option,
        };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = ModelLocations.Find("MODEL", parsed.GetRequiredValue(model));
            using OutputFile? output = parsed.GetValue(plot) is { } path ? new OutputFile("--plot", path) : null;
            using VideoPipeline pipeline = ModelFolder.Load(folder, device.Read(parsed), ScalarType.Float32);
            ModelManifest manifest = pipeline.Manifest;
            ulong drawn = parsed.GetValue(seed) ?? 900;
            List<LeakageClip> clips = parsed.GetValue(data) is { } source
                ? await FromFolderAsync(source, parsed.GetValue(count), manifest, cancellationToken)
                : Sprites(await inputs.LoadAsync(parsed, cancellationToken), parsed.GetValue(count), manifest, drawn);
            if (clips.Count < 2) throw new BadInputException("--data", $"expected at least 2 clips, got {clips.Count}");
            IReadOnlyList<LeakagePoint> points;
            int done = 0;
            using (var line = new LineProgress("clips"))
            {
                points = LeakageTrials.Run(
                    pipeline, clips, LeakageTrials.Starts(manifest), drawn, () => line.Show(++done, clips.Count), cancellationToken);
            }

            Console.WriteLine("M, ln(signal/noise)², R: motion that is read out of the noise, S: change with the image");
            foreach (LeakagePoint point in points)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{point.Start,5} {point.LogSignalToNoise,7:F2} {point.Motion,6:F3} {point.ImageShare,6:F3}"));
            }

            if (parsed.GetValue(keep))
            {
                new LeakageCurve
                {
                    Clips = clips.Count,
                    Points = [.. points.Select(point => new LeakageCurve.Point(point.Start, point.Motion, point.ImageShare))],
                }.Write(folder);
                Console.WriteLine(AutomaticStart.Of(manifest, folder) is { } chosen
                    ? string.Create(CultureInfo.InvariantCulture, $"--start auto: M = {chosen}")
                    : "--start auto: no M, since the model has no statistics or they fit nowhere");
            }

            if (output is not null)
                await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Draw(manifest, points, clips.Count)), cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<List<LeakageClip>> FromFolderAsync(
        string folder, int count, ModelManifest manifest, CancellationToken cancellationToken)
    {
        var clips = new List<LeakageClip>();
        foreach (ClipList.Entry entry in ClipList.Read(folder).Take(count))
        {
            byte[] frames = await ClipDecoder.DecodeAsync(
                Path.Combine(folder, entry.File), manifest.Width, manifest.Height, manifest.Frames, cancellationToken: cancellationToken);
            clips.Add(new LeakageClip(frames, entry.Caption));
        }

        return clips;
    }

    private static List<LeakageClip> Sprites(SpriteAssets assets, int count, ModelManifest manifest, ulong seed)
    {
        if (manifest.Width != manifest.Height)
        {
            throw new BadInputException(
                "--data", $"sprites are square; {manifest.Name} renders {manifest.Width}x{manifest.Height}: give a folder of clips");
        }

        var dataset = new SpriteDataset(assets, new SpriteOptions
        {
            Split = SpriteSplit.HeldOut, Seed = seed, Frames = manifest.Frames, Size = manifest.Height,
            Motions = SpriteMotions.Directions, Grounds = MotionTrials.Grounds,
        });
        return [.. Enumerable.Range(0, count).Select(i => dataset.Draw(i)).Select(clip => new LeakageClip(clip.Frames, clip.SpriteName))];
    }

    private static string Draw(ModelManifest manifest, IReadOnlyList<LeakagePoint> points, int clips) => new LinePlot
    {
        Title = $"Conditional image leakage of {manifest.Name}, {clips} clips",
        XAxis = manifest.Family == FamilyName.StableVideoDiffusion ? "noise level M" : "time M",
        IsLogarithmic = manifest.Family == FamilyName.StableVideoDiffusion,
        Low = 0,
        Lines =
        [
            new PlotLine("R: motion read out of the noise", [.. points.Select(point => ((double)point.Start, point.Motion))])
            {
                Colour = LinePlot.Colours[0],
            },
            new PlotLine("S: change with the image", [.. points.Select(point => ((double)point.Start, point.ImageShare))])
            {
                Colour = LinePlot.Colours[1],
            },
        ],
    }.Draw();
}
