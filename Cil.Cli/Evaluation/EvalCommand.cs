using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Motion;
using Cil.Media.Images;
using Cil.Training.Datasets;
using Cil.Training.Recipes;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval sprites`: of so many held-out emoji, how many go where the prompt says.</summary>
internal static class EvalCommand
{
    private const int SheetFrames = 6;

    public static Command Build()
    {
        var model = new Argument<string>("MODEL") { Description = "a model's name or folder", DefaultValueFactory = _ => "cil-tiny" };
        Option<int> count = Values.Whole("--count", "clips", 20, 1, 10_000);
        Option<int?> steps = Values.Whole("--steps", "denoising steps (default: the model's)");
        Option<double?> guidance = Values.Number("--guidance", "guidance scale (default: the model's)");
        Option<int?> start = Values.Whole("--start", "M (default: the model's)");
        Option<string> analyticInit = Values.Text("--analytic-init", "auto or off", "auto");
        Option<string> motions = Values.Text(
            "--motions", "directions: left, right, up, down, measured; or all: which of all motions a video is nearest to", "directions");
        Option<ulong?> seed = Values.Seed("which held-out clips are drawn (default 900)");
        var sheet = new Option<string?>("--sheet")
        {
            Description = "a PNG: the model's videos on the left, the clips they were asked for on the right",
        };
        var device = new DeviceOption("where it is rendered");
        var inputs = new SpriteInputs();
        var sprites = new Command("sprites", "Renders held-out sprite clips and measures whether they move as the prompt says.")
        {
            model, count, steps, guidance, start, analyticInit, motions, seed, sheet, device.Option,
        };
        inputs.AddTo(sprites);
        sprites.SetAction(async (parsed, cancellationToken) =>
        {
            bool all = parsed.GetRequiredValue(motions) switch
            {
                "all" => true,
                "directions" => false,
                var other => throw new BadInputException("--motions", $"expected directions or all, got '{other}'"),
            };
            string folder = ModelLocations.Find("MODEL", parsed.GetRequiredValue(model));
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            using OutputFile? output = parsed.GetValue(sheet) is { } path ? new OutputFile("--sheet", path) : null;
            using VideoPipeline pipeline = ModelFolder.Load(folder, device.Read(parsed), ScalarType.Float32);
            ModelManifest manifest = pipeline.Manifest;
            var dataset = new SpriteDataset(assets, new SpriteOptions
            {
                Split = SpriteSplit.HeldOut,
                Seed = parsed.GetValue(seed) ?? 900,
                Frames = manifest.Frames,
                Size = manifest.Height,
                Motions = all ? SpriteMotions.All : SpriteMotions.Directions,
                Grounds = all ? MotionTrials.Grounds : TinyModelPlan.Processor.Grounds,
            });
            LatentStatistics? statistics = parsed.GetRequiredValue(analyticInit) == "auto" && manifest.StatisticsFile is { } file
                ? LatentStatistics.Read(Path.Combine(folder, file), manifest.LatentChannels)
                : null;
            int from = parsed.GetValue(start) ?? manifest.Defaults.Start;
            if (statistics is not null && from >= 1 && from <= manifest.HighestStart && manifest.IsPlainNoise(from))
            {
                await Console.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"warning: Analytic-Init without effect at M = {from}: nothing of the data is left there"));
            }

            SamplingPlan Plan(ulong drawn) => SamplingPlan.Default(manifest, drawn) with
            {
                Steps = parsed.GetValue(steps) ?? manifest.Defaults.Steps,
                GuidanceScale = parsed.GetValue(guidance) ?? manifest.Defaults.GuidanceScale,
                Start = parsed.GetValue(start) ?? manifest.Defaults.Start,
                Statistics = statistics,
            };
            List<(SpriteClip Clip, byte[] Video)> videos = all
                ? Motions(MotionTrials.Run(pipeline, dataset, parsed.GetValue(count), Plan), manifest.Name, cancellationToken)
                : Directions(DirectionTrials.Run(pipeline, dataset, parsed.GetValue(count), Plan), manifest.Name, cancellationToken);
            if (output is not null) await output.WriteAsync(Sheet(videos), cancellationToken);
            return ExitCode.Done;
        });
        return new Command("eval", "Measures models.")
        {
            sprites, FeatureCommands.Fvd(), FeatureCommands.Is(), LeakageCommand.Build(), MotionCommand.Build(), TableCommand.Build(),
        };
    }

    private static List<(SpriteClip Clip, byte[] Video)> Directions(
        IEnumerable<DirectionTrial> trials, string model, CancellationToken cancellationToken)
    {
        var done = new List<DirectionTrial>();
        foreach (DirectionTrial trial in trials)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done.Add(trial);
            MotionMeasurement motion = trial.Motion;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(trial.IsRight ? "right" : "WRONG")}  {trial.Clip.Caption,-48} went "
                    + $"{motion.Heading.ToString().ToLowerInvariant(),-6} ({motion.TravelX,5:F1}, {motion.TravelY,5:F1} pixels)"));
        }

        int right = done.Count(trial => trial.IsRight), still = done.Count(trial => trial.Motion.Heading == MotionHeading.Still);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model}: {right} of {done.Count} held-out clips move the way the prompt says; {still} stand still"));
        return done.ConvertAll(trial => (trial.Clip, trial.Video));
    }

    private static List<(SpriteClip Clip, byte[] Video)> Motions(
        IEnumerable<MotionTrial> trials, string model, CancellationToken cancellationToken)
    {
        var done = new List<MotionTrial>();
        foreach (MotionTrial trial in trials)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done.Add(trial);
            Console.WriteLine($"{(trial.IsRight ? "right" : "WRONG")}  {trial.Clip.Caption,-60} looks like {trial.Nearest}");
        }

        Console.WriteLine(
            $"{model}: of {SpriteMotions.All.Count} motions, {done.Count(trial => trial.IsRight)} of {done.Count} held-out clips are "
                + $"nearest to the one that the prompt says");
        foreach (IGrouping<SpriteMotion, MotionTrial> motion in done.GroupBy(trial => trial.Clip.Motion).OrderBy(group => group.Key))
            Console.WriteLine($"  {motion.Key,-20} {motion.Count(trial => trial.IsRight)} of {motion.Count()}");
        return done.ConvertAll(trial => (trial.Clip, trial.Video));
    }

    private static byte[] Sheet(List<(SpriteClip Clip, byte[] Video)> trials)
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
