using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Datasets;
using Cil.Diffusion.Evaluation;
using Cil.Diffusion.Media;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Training.Tiny;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval sprites`: of so many held-out emoji, how many go where the prompt says.</summary>
public static class EvalCommand
{
    private const int SheetFrames = 6;

    public static Command Build()
    {
        var model = new Argument<string>("MODEL") { Description = "a model's name or folder", DefaultValueFactory = _ => "cil-tiny" };
        var count = Values.Whole("--count", "clips", 20, 1, 10_000);
        var steps = Values.Whole("--steps", "denoising steps (default: the model's)");
        var guidance = Values.Number("--guidance", "guidance scale (default: the model's)");
        var start = Values.Whole("--start", "M (default: the model's)");
        var analyticInit = Values.Text("--analytic-init", "auto or off", "auto");
        var seed = Values.Seed("which held-out clips are drawn (default 900)");
        var sheet = new Option<string?>("--sheet") { Description = "a PNG: the model's videos on the left, the clips they were asked for on the right" };
        var device = new DeviceOption("where it is rendered");
        var inputs = new SpriteInputs();
        var sprites = new Command("sprites", "Renders held-out sprite clips and measures which way the sprite goes.") { model, count, steps, guidance, start, analyticInit, seed, sheet, device.Option };
        inputs.AddTo(sprites);
        sprites.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = ModelLocations.Find("MODEL", parsed.GetRequiredValue(model));
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            using var output = parsed.GetValue(sheet) is { } path ? new OutputFile("--sheet", path) : null;
            using VideoPipeline pipeline = VideoPipeline.Load(folder, device.Read(parsed), ScalarType.Float32);
            ModelManifest manifest = pipeline.Manifest;
            var dataset = new SpriteDataset(assets, new SpriteOptions
            {
                Split = SpriteSplit.HeldOut,
                Seed = parsed.GetValue(seed) ?? 900,
                Frames = manifest.Frames,
                Size = manifest.Height,
                Grounds = TinyModelPlan.Processor.Grounds,
            });
            LatentStatistics? statistics = parsed.GetRequiredValue(analyticInit) == "auto" && manifest.StatisticsFile is { } file
                ? LatentStatistics.Read(Path.Combine(folder, file), manifest.LatentChannels)
                : null;
            List<DirectionTrial> trials = Run(pipeline, dataset, parsed.GetValue(count), drawn => SamplingPlan.Default(manifest, drawn) with
            {
                Steps = parsed.GetValue(steps) ?? manifest.Defaults.Steps,
                GuidanceScale = parsed.GetValue(guidance) ?? manifest.Defaults.GuidanceScale,
                Start = parsed.GetValue(start) ?? manifest.Defaults.Start,
                Statistics = statistics,
            }, cancellationToken);
            int right = trials.Count(trial => trial.IsRight), still = trials.Count(trial => trial.Motion.Heading == MotionHeading.Still);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{manifest.Name}: {right} of {trials.Count} held-out clips move the way the prompt says; {still} stand still"));
            if (output is not null) await output.WriteAsync(Sheet(trials), cancellationToken);
            return ExitCode.Done;
        });
        return new Command("eval", "Measures models.") { sprites };
    }

    private static List<DirectionTrial> Run(VideoPipeline pipeline, SpriteDataset dataset, int count, Func<ulong, SamplingPlan> plan, CancellationToken cancellationToken)
    {
        var trials = new List<DirectionTrial>();
        foreach (DirectionTrial trial in DirectionTrials.Run(pipeline, dataset, count, plan))
        {
            cancellationToken.ThrowIfCancellationRequested();
            trials.Add(trial);
            MotionMeasurement motion = trial.Motion;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(trial.IsRight ? "right" : "WRONG")}  {trial.Clip.Caption,-48} went {motion.Heading.ToString().ToLowerInvariant(),-6} ({motion.TravelX,5:F1}, {motion.TravelY,5:F1} pixels)"));
        }

        return trials;
    }

    private static byte[] Sheet(List<DirectionTrial> trials)
    {
        int size = trials[0].Clip.Size, last = trials[0].Clip.FrameCount - 1;
        var sheet = new FrameSheet(size, size, 2 * SheetFrames, trials.Count);
        for (int row = 0; row < trials.Count; row++)
        {
            for (int column = 0; column < SheetFrames; column++)
            {
                int frame = column * last / (SheetFrames - 1);
                sheet.Set(row, column, trials[row].Video, frame);
                sheet.Set(row, SheetFrames + column, trials[row].Clip.Frames, frame);
            }
        }

        return sheet.ToPng();
    }
}
