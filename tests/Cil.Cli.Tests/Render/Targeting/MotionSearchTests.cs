using Cil.Cli.Render.Targeting;

namespace Cil.Cli.Tests.Render.Targeting;

/// <summary>The search for a motion, on responses that are functions.</summary>
public sealed class MotionSearchTests
{
    private static readonly ControlRange Rates = new(5, 30, 24, HigherIsMore: false), Buckets = new(1, 255, 127, HigherIsMore: true),
        Starts = new(472, 1000, 1000, HigherIsMore: false);

    // Motion a frame of the control's value.
    private static readonly Dictionary<string, Func<int, double>> Responses = new(StringComparer.Ordinal)
    {
        ["up"] = value => value / 50.0,
        ["down"] = value => 40.0 / value,
        ["steep"] = value => Math.Exp((1000 - value) / 100.0),
        ["saturating"] = value => 2 * (1 - Math.Exp(-value / 40.0)),
        ["flat"] = _ => 1,
        ["hill"] = value => 3 - (Math.Abs(value - 60) / 30.0),
        ["step"] = value => value < 100 ? 1 : 3,
        ["noisy"] = value => value / 50.0 * (1 + (0.08 * Math.Sin(value * 12.9898))),
    };

    [Theory]
    [InlineData("up", 4)]
    [InlineData("up", 0.3)]
    [InlineData("down", 0.5)]
    [InlineData("down", 3)]
    [InlineData("saturating", 1.2)]
    [InlineData("noisy", 4)]
    [InlineData("noisy", 1)]
    public void Search_OfAMotionThatIsReached_MeetsItInSixTries(string response, double motion)
    {
        MotionSearch search = Run(new MotionTarget(motion, 0.1, 6), Buckets, Responses[response], out int[] tried);

        Assert.True(search.IsMet, $"{search.Best} after {string.Join(", ", tried)}");
        Assert.InRange(search.Best.Motion, 0.9 * motion, 1.1 * motion);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(150)]
    public void Search_OfASteepResponse_MeetsIt(double motion)
    {
        MotionSearch search = Run(new MotionTarget(motion, 0.1, 20), Starts, Responses["steep"], out int[] tried);

        Assert.True(search.IsMet, $"{search.Best} after {string.Join(", ", tried)}");
    }

    [Fact]
    public void Search_BeginsWithTheModelsOwnValueAndTheEndOfTheExpectedDirection()
    {
        _ = Run(new MotionTarget(3, 0.01, 3), Rates, Responses["down"], out int[] more);
        _ = Run(new MotionTarget(1.4, 0.01, 3), Rates, Responses["down"], out int[] less);

        Assert.Equal([24, 5], more[..2]);
        Assert.Equal([24, 30], less[..2]);
    }

    [Fact]
    public void Search_OfAResponseAgainstExpectation_TriesTheOtherEnd()
    {
        MotionSearch search = Run(new MotionTarget(0.2, 0.1, 6), Rates, Responses["up"], out int[] tried);

        Assert.Equal([24, 30, 5], tried[..3]);
        Assert.True(search.IsMet);
    }

    [Fact]
    public void Search_WhereTheFirstTryMeetsTheTarget_IsOver()
    {
        MotionSearch search = Run(new MotionTarget(1, 0.1, 6), Starts, Responses["flat"], out int[] tried);

        Assert.Equal([1000], tried);
        Assert.True(search.IsMet);
    }

    [Theory]
    [InlineData("saturating", 3, 255)]
    [InlineData("down", 0.1, 255)]
    public void Search_OfAMotionOutOfReach_KeepsTheNearest(string response, double motion, int best)
    {
        MotionSearch search = Run(new MotionTarget(motion, 0.1, 6), Buckets, Responses[response], out int[] tried);

        Assert.False(search.IsMet);
        Assert.Equal((best, 6), (search.Best.Value, tried.Length));
    }

    [Fact]
    public void Search_OfAFlatResponse_EndsWithTheEnds()
    {
        MotionSearch search = Run(new MotionTarget(5, 0.1, 6), Rates, Responses["flat"], out int[] tried);

        Assert.Equal([24, 5, 30], tried);
        Assert.True(search.IsFlat);
        Assert.Equal((24, 1), search.Best);
    }

    [Fact]
    public void Search_WhereTheMostIsBetweenTheEnds_FindsIt()
    {
        MotionSearch search = Run(new MotionTarget(2.9, 0.1, 8), Buckets, Responses["hill"], out int[] tried);

        Assert.True(search.IsMet, $"{search.Best} after {string.Join(", ", tried)}");
    }

    [Fact]
    public void Search_OfAJumpOverTheTarget_EndsWhereTheJumpIs()
    {
        MotionSearch search = Run(new MotionTarget(2.1, 0.01, 40), Buckets, Responses["step"], out int[] tried);

        Assert.False(search.IsMet);
        Assert.Contains(99, tried);
        Assert.Contains(100, tried);
        Assert.True(tried.Length < 40);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("steep")]
    [InlineData("saturating")]
    [InlineData("flat")]
    [InlineData("hill")]
    [InlineData("step")]
    [InlineData("noisy")]
    public void Search_OfAnything_StaysInRangeAndTriesNoValueTwice(string response)
    {
        foreach (ControlRange range in new[] { Rates, Buckets, Starts, new ControlRange(3, 3, 3, true), new ControlRange(1, 4, 2, true) })
            foreach (double motion in new[] { 0.001, 0.7, 1, 1.9, 2.5, 50 })
            {
                _ = Run(new MotionTarget(motion, 1e-9, 64), range, Responses[response], out int[] tried);

                Assert.All(tried, value => Assert.InRange(value, range.Least, range.Most));
                Assert.Equal(tried.Distinct().Count(), tried.Length);
                Assert.InRange(tried.Length, 1, Math.Min(64, range.Most - range.Least + 1));
            }
    }

    private static MotionSearch Run(MotionTarget target, ControlRange range, Func<int, double> response, out int[] tried)
    {
        var search = new MotionSearch(target, range);
        var values = new List<int>();
        while (search.Next() is { } value)
        {
            values.Add(value);
            search.Add(value, response(value));
        }

        tried = [.. values];
        return search;
    }
}
