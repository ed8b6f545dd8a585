using Cil.Grains.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class RateEstimateTests
{
    private readonly RateEstimate rate = new();

    [Fact]
    public void Remaining_BeforeTwoStepsWereSeen_IsUnknown()
    {
        Assert.Null(At(step: 0, seconds: 0));
        Assert.Null(At(step: 1, seconds: 3));
        Assert.Null(At(step: 1, seconds: 5));
    }

    [Fact]
    public void Remaining_GoesByTheStepsSeen_NotByTheWaitBeforeThem()
    {
        _ = At(step: 0, seconds: 0);
        _ = At(step: 2, seconds: 100);

        // 4 steps in 8 seconds, 14 more to go.
        Assert.Equal(TimeSpan.FromSeconds(28), At(step: 6, seconds: 108));
    }

    [Fact]
    public void Remaining_AfterTheLastStep_IsNothingToSay()
    {
        _ = At(step: 1, seconds: 0);
        _ = At(step: 2, seconds: 1);

        Assert.Null(At(step: 20, seconds: 30));
    }

    private TimeSpan? At(int step, double seconds) => rate.Remaining(step, 20, Sample.Noon.AddSeconds(seconds));
}
