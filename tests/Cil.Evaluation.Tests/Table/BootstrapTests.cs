using Cil.Evaluation.Table;

namespace Cil.Evaluation.Tests.Table;

public sealed class BootstrapTests
{
    [Fact]
    public void Mean_HasTheIntervalOfTheNormalApproximation()
    {
        double[] values = Normal(400, mean: 2, deviation: 3);
        double deviation = Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / values.Length);

        Interval mean = Bootstrap.Mean(values);

        // 1.96 standard errors to each side.
        double width = 1.96 * deviation / Math.Sqrt(values.Length);
        Assert.Equal(values.Average(), mean.Value, 1e-12);
        Assert.InRange((mean.Value - mean.Low) / width, 0.9, 1.1);
        Assert.InRange((mean.High - mean.Value) / width, 0.9, 1.1);
    }

    [Fact]
    public void Difference_IsPaired_SoThatWhatClipsHaveInCommonDoesNotWidenIt()
    {
        double[] common = Normal(100, 0, 50), noise = Normal(100, 0, 0.1);
        double[] first = [.. common.Select((value, i) => value + noise[i] + 1)];

        Interval difference = Bootstrap.Difference(first, common);

        Assert.True(difference.IsAbove, $"{difference}");
        Assert.InRange(difference.High - difference.Low, 0, 0.1);
        Assert.True(Bootstrap.Difference(common, first).IsBelow);
    }

    [Fact]
    public void Difference_OfNoise_IsATieNineteenTimesInTwenty()
    {
        int ties = Enumerable.Range(0, 100).Count(i => Bootstrap.Mean(Normal(40, 0, 1, seed: i)) is { IsAbove: false, IsBelow: false });
        Assert.InRange(ties, 85, 100);
    }

    [Fact]
    public void Ratio_IsOfSums_NotOfRatios()
    {
        (double, double)[] sums = [(1, 1), (0, 99)];
        Assert.Equal(0.01, Bootstrap.Ratio(sums).Value, 1e-12);
        Assert.Equal(0, Bootstrap.RatioDifference(sums, sums).Value);
    }

    [Fact]
    public void Difference_OfOtherNumbersOfClips_IsRefused() =>
        Assert.Contains(
            "got 2 and 3", Assert.Throws<ArgumentException>(() => Bootstrap.Difference([1, 2], [1, 2, 3])).Message,
            StringComparison.Ordinal);

    // Box and Muller, from one seed.
    private static double[] Normal(int count, double mean, double deviation, int seed = 7)
    {
        var random = new Random(seed + (int)deviation);
        return [.. Enumerable.Range(0, count)
            .Select(
                _ => mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
