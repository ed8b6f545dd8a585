using System.Globalization;
using System.Text;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Leakage;

namespace Cil.Evaluation.Table;

/// <summary>What a table says, in Markdown: scores with their intervals, signs, leakage.</summary>
public static class TableReport
{
    /// <summary>The six rows and the controls.</summary>
    /// <param name="scores">By row; rows that have not been measured are left out.</param>
    public static string Rows(IReadOnlyList<TableRow> rows, IReadOnlyList<IReadOnlyList<VideoScores>> scores)
    {
        StringBuilder text = new(
            "| row | M | videos | motion, pixels a frame | flicker, of 255 | first frame, dB |\n| --- | --- | --- | --- | --- | --- |\n");
        for (int row = 0; row < rows.Count; row++)
        {
            IReadOnlyList<VideoScores> measured = scores[row];
            if (measured.Count < 2) continue;
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"| {rows[row].Name} | {rows[row].Start} | {measured.Count} | {Mean(measured, video => video.Motion)} | ")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{Mean(measured, video => video.Flicker)} | {Mean(measured, video => video.Alignment)} |\n");
        }

        return text.ToString();
    }

    /// <summary>The signs that were written down, and what came of each.</summary>
    public static string Signs(IReadOnlyList<IReadOnlyList<VideoScores>> scores)
    {
        StringBuilder text = new("| | written down before | difference, paired by clip | found |\n| --- | --- | --- | --- |\n");
        foreach (Sign sign in Sign.All)
        {
            if (scores[sign.Higher].Count < 2 || scores[sign.Higher].Count != scores[sign.Lower].Count) continue;
            Interval difference = sign.Measure(scores);
            _ = text.Append(CultureInfo.InvariantCulture, $"| {sign.Number} | {sign.Text} | {difference} | {sign.Verdict(difference)} |\n");
        }

        return text.ToString();
    }

    /// <summary>R of each model at each M, with its interval over clips, beside the most that there is to read.</summary>
    /// <param name="bayes">R* of the Bayes denoiser.</param>
    public static string Leakage(
        IReadOnlyList<(Tuning Tuning, IReadOnlyList<LeakagePoint> Points)> models, IReadOnlyList<LeakagePoint> bayes)
    {
        string read = string.Concat(models.Select(model => $" R, {Name(model.Tuning)} |"));
        string swapped = string.Concat(models.Select(model => $" S, {Name(model.Tuning)} |"));
        StringBuilder text = new($"| M | R*, Bayes |{read}{swapped}\n");
        _ = text.Append("| --- | --- |").Append(string.Concat(Enumerable.Repeat(" --- |", 2 * models.Count))).Append('\n');
        for (int at = 0; at < models[0].Points.Count; at++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"| {models[0].Points[at].Start} | {bayes[at].Motion:F3} |")
                .Append(string.Concat(models.Select(model => $" {Bootstrap.Ratio(model.Points[at].Clips)} |")))
                .Append(string.Concat(models.Select(
                    model => string.Create(CultureInfo.InvariantCulture, $" {model.Points[at].ImageShare:F3} |")))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A model's name in tables and plots.</summary>
    public static string Name(Tuning tuning) => tuning switch { Tuning.Plain => "plain", Tuning.Naive => "naive", _ => "TimeNoise" };

    private static Interval Mean(IReadOnlyList<VideoScores> videos, Func<VideoScores, double> score) =>
        Bootstrap.Mean([.. videos.Select(score)]);
}
