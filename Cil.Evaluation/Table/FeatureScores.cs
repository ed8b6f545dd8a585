using System.Globalization;
using System.Text;
using Cil.Evaluation.Features;
using Cil.Evaluation.Metrics;

namespace Cil.Evaluation.Table;

/// <summary>
/// How far the rows' videos are from real clips by a network's features, and how surely and diversely it tells their classes, with
/// intervals by drawing clips again. Few videos give too large a distance, in all rows alike.
/// </summary>
/// <param name="real">Real clips × features.</param>
/// <param name="rows">The rows' videos of the same clips; null for rows that are not measured.</param>
public sealed class FeatureScores(float[,] real, IReadOnlyList<FeatureSet?> rows)
{
    /// <summary>Fewer than elsewhere: each takes the roots of matrices.</summary>
    private const int Draws = 1000;

    /// <summary>Signs 2, 3, 6, 8 and 10 of docs/science.md: number, whether it is one of distances, the better row, the worse.</summary>
    private static readonly (int Number, bool IsDistance, int Better, int Worse)[] Signs =
    [
        (2, true, TableRow.PlainAnalytic, TableRow.Plain), (3, false, TableRow.PlainAnalytic, TableRow.Plain),
        (6, true, TableRow.NaiveAnalytic, TableRow.Naive), (8, true, TableRow.TimeNoise, TableRow.Naive),
        (10, false, TableRow.Cil, TableRow.TimeNoise), (10, false, TableRow.TimeNoise, TableRow.Naive),
    ];

    /// <summary>Both numbers of each row, and what came of the signs that were written down, in Markdown.</summary>
    /// <param name="network">Its name; the distance and the score are called by it.</param>
    public string Report(string network, IReadOnlyList<string> names)
    {
        StringBuilder text = new($"| row | Fréchet distance of {network} | score of {network}'s classes |\n| --- | --- | --- |\n");
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows[row] is null) continue;
            _ = text.Append(CultureInfo.InvariantCulture, $"| {names[row]} | {Measure(true, row, null)} | {Measure(false, row, null)} |\n");
        }

        _ = text.Append("\n| | written down before | difference, the same clips drawn | found |\n| --- | --- | --- | --- |\n");
        foreach ((int number, bool isDistance, int better, int worse) in Signs)
        {
            if (rows[better] is null || rows[worse] is null) continue;
            Interval difference = Measure(isDistance, better, worse);
            (bool asWritten, bool other) =
                isDistance ? (difference.IsBelow, difference.IsAbove) : (difference.IsAbove, difference.IsBelow);
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"| {number} | {(isDistance ? "distance" : "score")}: {names[better]} {(isDistance ? '<' : '>')} {names[worse]} | ")
                .Append(
                    CultureInfo.InvariantCulture, $"{difference} | {(asWritten ? "as written" : other ? "the other way" : "tie")} |\n");
        }

        return text.ToString();
    }

    /// <summary>A row's number, or the difference of two rows', the same clips drawn in both.</summary>
    public Interval Measure(bool isDistance, int row, int? less) => Bootstrap.Of(rows[row]!.Count, Draws, chosen =>
        Value(isDistance, rows[row]!.Take(chosen)) - (less is { } other ? Value(isDistance, rows[other]!.Take(chosen)) : 0));

    private double Value(bool isDistance, FeatureSet set) =>
        isDistance ? FrechetDistance.Compute(real, set.Features) : InceptionScore.Compute(set.Logits).Mean;
}
