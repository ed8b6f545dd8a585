using Cil.Evaluation.Features;
using Cil.Evaluation.Table;

namespace Cil.Evaluation.Tests.Table;

public sealed class FeatureScoresTests
{
    private const int Count = 40, Width = 3;

    [Fact]
    public void Report_TellsSignsOfDistancesAndScores_AndLeavesOutWhatIsNotMeasured()
    {
        // Row 4, TimeNoise, is where the real clips are; row 2, naive, is far off and sure of one class.
        FeatureSet?[] rows = new FeatureSet?[TableRow.All(1000, 940, 820).Count];
        rows[TableRow.Naive] = Set(seed: 2, shift: 3, classes: 1);
        rows[TableRow.TimeNoise] = Set(seed: 3, shift: 0, classes: Width);
        var scores = new FeatureScores(Set(seed: 1, shift: 0, classes: Width).Features, rows);

        string[] lines = scores.Report("a network", [.. TableRow.All(1000, 940, 820).Select(row => row.Name)]).Split('\n');

        Assert.Contains("Fréchet distance of a network", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("| 8 | distance: TimeNoise < naive | -", StringComparison.Ordinal)
            && line.EndsWith("| as written |", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("| 10 | score: TimeNoise > naive | ", StringComparison.Ordinal)
            && line.EndsWith("| as written |", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("plain", StringComparison.Ordinal));
    }

    [Fact]
    public void Measure_OfTheSameVideosTwice_IsATieAtZero()
    {
        FeatureSet set = Set(seed: 4, shift: 1, classes: 2);
        var scores = new FeatureScores(Set(seed: 5, shift: 0, classes: 2).Features, [set, set]);

        Interval difference = scores.Measure(isDistance: true, 0, 1);

        Assert.Equal((0, false, false), (difference.Value, difference.IsAbove, difference.IsBelow));
    }

    // Normal features about a shift; logits that are sure of the videos' classes, taken in turn.
    private static FeatureSet Set(int seed, float shift, int classes)
    {
        var random = new Random(seed);
        float[,] features = new float[Count, Width], logits = new float[Count, Width];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Width; j++)
            {
                double length = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                features[i, j] = shift + (float)(length * Math.Cos(2 * Math.PI * random.NextDouble()));
            }

            logits[i, i % classes] = 8;
        }

        return new FeatureSet(features, logits);
    }
}
