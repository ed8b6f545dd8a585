using System.Globalization;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Features;
using Cil.Evaluation.Leakage;
using Cil.Evaluation.Table;
using Cil.Training.Datasets;
using Cil.Training.Plots;
using Cil.Training.World;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>One making of the table, which goes on where an earlier one stopped.</summary>
internal sealed class TableRun(
    string models, TableFolder table, SpriteDataset dataset, Device device, int batch, CancellationToken cancellationToken)
{
    // Of the published schedule; the published sweep is the second half.
    private static readonly int[] Times = [100, 300, 500, 700, 820, 860, 900, 940, 980, 1000];

    private const ulong LeakageSeed = 1;
    private const int FirstReal = 100_000, RealClips = 256;

    private readonly List<(Tuning Tuning, IReadOnlyList<LeakagePoint> Points)> leaks = [];
    private IReadOnlyList<LeakagePoint> bayes = [];
    private bool isOverNoiseLevels;
    private string compared = "";

    /// <param name="lowRank">What the row of low rank starts from; null leaves it out.</param>
    internal void Measure(Tuning tuning, IReadOnlyList<TableRow> rows, int count, LatentStatistics? lowRank = null)
    {
        Dictionary<(string Row, int Clip), VideoScores> done = table.Scores.Read();
        (TableRow Row, int[] Clips)[] missing =
        [
            .. rows.Where(row => row.Tuning == tuning && !(row.IsLowRank && lowRank is null))
                .Select(row => (row, Enumerable.Range(0, count).Where(clip => !done.ContainsKey((row.Name, clip))).ToArray()))
                .Where(each => each.Item2.Length > 0),
        ];
        if (missing.Length == 0) return;
        string folder = WorldTrainer.Folder(models, tuning);
        using VideoPipeline pipeline = ModelFolder.Load(folder, device);
        var statistics = LatentStatistics.Read(Path.Combine(folder, pipeline.Manifest.StatisticsFile!), pipeline.Manifest.LatentChannels);
        foreach ((TableRow row, int[] clips) in missing)
        {
            using var line = new LineProgress(row.Name);
            SamplingPlan Plan(ulong seed) =>
                SamplingPlan.Default(pipeline.Manifest, seed) with
                {
                    Start = row.Start,
                    Statistics = row.IsLowRank ? lowRank : row.HasStatistics ? statistics : null,
                    LowPass = row.LowPass,
                };
            int made = 0;
            foreach (int[] part in clips.Chunk(batch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                table.Add(row.Name, part, TableTrials.Render(pipeline, dataset, Plan, part));
                line.Show(made += part.Length, clips.Length);
            }
        }
    }

    /// <summary>Compares the rows' videos with real clips by a network's features.</summary>
    internal void Compare(CilFeatures network, IReadOnlyList<TableRow> rows, int count)
    {
        using CilFeatures owned = network;
        (int frames, int size) = (dataset.Options.Frames, dataset.Options.Size);
        // Other clips than the rows'.
        float[,] real = Describe([.. Enumerable.Range(FirstReal, RealClips).AsParallel().AsOrdered()
            .Select(clip => dataset.Draw(clip).Frames)]).Features;
        Dictionary<(string Row, int Clip), VideoScores> done = table.Scores.Read();
        var scores = new FeatureScores(real, [.. rows
            .Select(row => done.Keys.Count(key => key.Row == row.Name && key.Clip < count) == count ? table.Videos(row.Name, count) : [])
            .Select(videos => videos.Count == 0 ? null : Describe(videos))]);
        compared = scores.Report(network.Name, [.. rows.Select(row => row.Name)]);

        FeatureSet Describe(IReadOnlyList<byte[]> videos) => VideoTensors.Describe(network, videos, frames, size, size, CPU);
    }

    internal void Leak(Tuning tuning, int count)
    {
        using VideoPipeline pipeline = ModelFolder.Load(WorldTrainer.Folder(models, tuning), device);
        LeakageClip[] clips =
            [.. Enumerable.Range(0, count).Select(i => dataset.Draw(i)).Select(clip => new LeakageClip(clip.Frames, clip.Caption))];
        using var line = new LineProgress($"leakage, {TableReport.Name(tuning)}");
        int done = 0;
        leaks.Add(
            (tuning, LeakageTrials.Run(
                pipeline, clips, Starts(pipeline.Manifest), LeakageSeed, () => line.Show(++done, count), cancellationToken)));
    }

    /// <summary>What there is to read in the noise for the same clips.</summary>
    internal void Bound(Tuning tuning, int count)
    {
        string folder = WorldTrainer.Folder(models, tuning);
        using VideoPipeline pipeline = ModelFolder.Load(folder, CPU);
        using var encoder = WorldEncoder.Open(folder, dataset);
        bayes = BayesDenoiser.Run(pipeline, encoder, dataset, SpriteStrength.Base, count, Starts(pipeline.Manifest), LeakageSeed);
        isOverNoiseLevels = IsOverNoiseLevels(pipeline.Manifest);
    }

    private static bool IsOverNoiseLevels(ModelManifest manifest) => manifest.Family == FamilyName.StableVideoDiffusion;

    private static IReadOnlyList<int> Starts(ModelManifest manifest) =>
        IsOverNoiseLevels(manifest) ? LeakageTrials.Starts(manifest) : Times;

    internal async Task ReportAsync(IReadOnlyList<TableRow> rows, IReadOnlyList<TableRow> swept, int count, int sweepCount)
    {
        Dictionary<(string Row, int Clip), VideoScores> done = table.Scores.Read();
        VideoScores[][] scores = Of(rows, count), sweeps = Of(swept, sweepCount);
        (byte[] film, IReadOnlyList<string> names) = table.Filmstrip(dataset, [.. rows.Select(row => row.Name)]);
        string report = $"""
            # The table of the small world

            Means, with 95 % intervals in brackets: clips drawn again {Bootstrap.Draws:N0} times.

            {TableReport.Rows(rows, scores)}
            {TableReport.Signs(scores)}
            {compared}
            {TableReport.Leakage(leaks, bayes)}
            {(swept.Count == 0 ? "" : TableReport.Rows(swept, sweeps))}
            Rows of filmstrip.png: {string.Join("; ", names)}.

            """;
        await File.WriteAllTextAsync(table.At("table.md"), report, cancellationToken);
        await File.WriteAllBytesAsync(table.At("filmstrip.png"), film, cancellationToken);
        await File.WriteAllTextAsync(table.At("leakage.svg"), LeakagePlot(), cancellationToken);
        if (swept.Count > 0)
        {
            await File.WriteAllTextAsync(
                table.At("sweep.svg"), SweepPlot([.. rows.Take(1), .. swept], [scores[0], .. sweeps]), cancellationToken);
        }

        Console.WriteLine(report);

        VideoScores[][] Of(IReadOnlyList<TableRow> of, int clips) =>
            [.. of.Select(
                row => Enumerable.Range(0, clips)
                    .Where(clip => done.ContainsKey((row.Name, clip)))
                    .Select(clip => done[(row.Name, clip)])
                    .ToArray())];
    }

    private string LeakagePlot() => new LinePlot
    {
        Title = "Motion that is read out of the noise",
        XAxis = isOverNoiseLevels ? "noise level M" : "time M",
        IsLogarithmic = isOverNoiseLevels,
        YAxis = "R",
        Low = 0,
        Lines =
        [
            Line("R* of the Bayes denoiser", bayes, LinePlot.Colours[^1]),
            .. leaks.Select((model, i) => Line(TableReport.Name(model.Tuning), model.Points, LinePlot.Colours[i])),
        ],
    }.Draw();

    private static PlotLine Line(string name, IReadOnlyList<LeakagePoint> points, string colour) =>
        new(name, [.. points.Select(point => ((double)point.Start, point.Motion))]) { Colour = colour };

    private static string SweepPlot(IReadOnlyList<TableRow> rows, IReadOnlyList<VideoScores[]> scores)
    {
        PlotLine Line(string name, bool analytic, int colour) => new(
            name,
            [
                .. rows.Select((row, i) => (Row: row, Scores: scores[i]))
                    .Where(each => each.Scores.Length > 1 && (each.Row.HasStatistics == analytic || each.Row == rows[0]))
                    .OrderBy(each => each.Row.Start).Select(each => ((double)each.Row.Start, each.Scores.Average(video => video.Motion))),
            ])
        { Colour = LinePlot.Colours[colour] };
        return new LinePlot
        {
            Title = "Motion of the plain model's videos",
            XAxis = "M",
            YAxis = "pixels a frame",
            Low = 0,
            Lines = [Line("Analytic-Init", true, 0), Line("N(0, 1)", false, 1)],
        }.Draw();
    }
}
