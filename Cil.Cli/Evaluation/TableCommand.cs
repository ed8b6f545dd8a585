using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Features;
using Cil.Evaluation.Table;
using Cil.Training.Datasets;
using Cil.Training.World;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>`cil eval table`: the paper's rows and their controls, on the small world.</summary>
internal static class TableCommand
{
    internal static Command Build()
    {
        var world = new Argument<string>("WORLD") { Description = "the folder that 'cil train world' made" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "folder of the table: scores, report, plots, filmstrip; what has been measured is not measured again",
            Required = true,
        };
        Option<int> count = Values.Whole("--count", "videos a row", 64, 2, 100_000);
        var start = new Option<int?>("--start")
        {
            Description = "M of the rows with Analytic-Init, and of the controls (default 940; noise level 100 for svd)",
        };
        var sweep = new Option<string?>("--sweep")
        {
            Description = "other M, with commas between, to measure the plain model at, with Analytic-Init and from N(0, 1)",
        };
        Option<int> sweepCount = Values.Whole("--sweep-count", "videos for each of them", 32, 2, 100_000);
        var features = new Option<string?>("--features")
        {
            Description = "the network whose Fréchet distance and score of classes are measured: what 'cil train features' wrote "
                + "(default: the one that comes with cil)",
        };
        var lowRank = new Option<string?>("--low-rank")
        {
            Description = "statistics of the base model with directions (cil stats build --rank), for the row with Analytic-Init of low "
                + "rank",
        };
        Option<int> leakage = Values.Whole("--leakage-clips", "clips for R and S", 16, 2, 100_000);
        Option<int> batch = Values.Whole("--batch", "videos that are sampled together", 8, 1, 1024);
        Option<ulong?> seed = Values.Seed("which held-out clips are drawn (default 900)");
        Option<int> threads = Values.Whole("--threads", "threads on the processor", Environment.ProcessorCount, 1, 1024);
        var device = new DeviceOption("where it is rendered");
        var inputs = new SpriteInputs();
        var command = new Command(
            "table",
            "Measures the paper's table on the small world: motion, flicker, first frame and leakage of six systems and their controls.")
        {
            world, output, count, start, sweep, sweepCount, features, lowRank, leakage, batch, seed, threads, device.Option,
        };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string models = parsed.GetRequiredValue(world);
            Tuning[] there = [.. Enum.GetValues<Tuning>()
                .Where(tuning => File.Exists(Path.Combine(WorldTrainer.Folder(models, tuning), ModelManifest.FileName)))];
            if (there.Length == 0)
            {
                throw new BadInputException(
                    "WORLD", $"expected a folder that 'cil train world' made, got {models}, which has none of its models");
            }

            set_num_threads(parsed.GetValue(threads));
            using IDisposable sharing = SpinThrottle.Watch();
            ModelManifest manifest = ModelFolder.Read(WorldTrainer.Folder(models, there[0]));
            SpriteDataset dataset = WorldClips.Evaluation(
                await inputs.LoadAsync(parsed, cancellationToken), parsed.GetValue(seed) ?? 900, manifest.Frames);
            (int highest, int early) = (manifest.Defaults.Start, Early(parsed.GetValue(start), manifest));
            TableRow[] swept = [.. Starts(parsed.GetValue(sweep)).SelectMany(m => (TableRow[])
            [
                new(string.Create(CultureInfo.InvariantCulture, $"sweep {m}, Analytic-Init"), Tuning.Plain, m, true),
                new(string.Create(CultureInfo.InvariantCulture, $"sweep {m}, N(0, 1)"), Tuning.Plain, m, false),
            ])];
            int? automatic = AutomaticStart.Of(manifest, WorldTrainer.Folder(models, there[0]));
            IReadOnlyList<TableRow> rows = TableRow.All(highest, early, automatic ?? early);
            TableRow[] measured = automatic is null ? [.. rows.Where((_, row) => row != TableRow.PlainAutomatic)] : [.. rows];
            LatentStatistics? directions = LowRank(parsed.GetValue(lowRank), manifest);
            var run = new TableRun(
                models, new TableFolder(parsed.GetRequiredValue(output)), dataset,
                device.Read(parsed), parsed.GetValue(batch), cancellationToken);
            foreach (Tuning tuning in there)
            {
                run.Measure(tuning, measured, parsed.GetValue(count), directions);
                run.Measure(tuning, swept, parsed.GetValue(sweepCount));
            }

            string? network = parsed.GetValue(features);
            if (network is not null && !File.Exists(network)) throw new BadInputException("--features", $"there is no file {network}");
            run.Compare(
                network is null ? CilFeatures.Shipped(CPU) : CilFeatures.Open(network, CPU),
                rows, parsed.GetValue(count));

            foreach (Tuning tuning in there) run.Leak(tuning, parsed.GetValue(leakage));
            run.Bound(there[0], parsed.GetValue(leakage));
            await run.ReportAsync(rows, swept, parsed.GetValue(count), parsed.GetValue(sweepCount));
            if (automatic is null)
            {
                await Console.Error.WriteLineAsync(
                    "not measured: automatic M, for which the base model has no leakage yet (cil eval leakage --keep)");
            }

            if (directions is null) await Console.Error.WriteLineAsync("not measured: Analytic-Init of low rank, for which --low-rank is");
            foreach (Tuning tuning in Enum.GetValues<Tuning>().Except(there))
                await Console.Error.WriteLineAsync($"not measured: {TableReport.Name(tuning)}, which {models} does not have yet");
            return ExitCode.Done;
        });
        return command;
    }

    // The published ones (examples/DynamiCrafter and VideoCrafter, --M 940; examples/SVD, config/inference512.yaml, sigma_max 100).
    private static int Early(int? asked, ModelManifest manifest)
    {
        int early = asked ?? (manifest.Family == FamilyName.StableVideoDiffusion ? 100 : 940), highest = manifest.Defaults.Start;
        int least = manifest.StepLimit is null ? manifest.Defaults.Steps : 1;
        return early >= least && early <= highest
            ? early
            : throw new BadInputException(
                "--start", string.Create(CultureInfo.InvariantCulture, $"expected a whole number from {least} to {highest}, got {early}"));
    }

    private static LatentStatistics? LowRank(string? file, ModelManifest manifest)
    {
        if (file is null) return null;
        if (!File.Exists(file)) throw new BadInputException("--low-rank", $"there is no file {file}");
        var statistics = LatentStatistics.Read(file, manifest.LatentChannels);
        if (statistics.Components is not null) return statistics;
        throw new BadInputException(
            "--low-rank", $"expected statistics with directions (cil stats build --rank), got {file}, which has none");
    }

    private static int[] Starts(string? text) => text is null ? [] : [.. text.Split(',').Select(part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int m) && m is >= 20 and <= 1000
            ? m
            : throw new BadInputException("--sweep", $"expected whole numbers from 20 to 1000, got '{part}'"))];
}
