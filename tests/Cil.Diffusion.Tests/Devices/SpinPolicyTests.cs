using Cil.Diffusion.Devices;

namespace Cil.Diffusion.Tests.Devices;

public class SpinPolicyTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void AtFirst_ThreadsMaySpin() => Assert.False(new SpinPolicy().IsThrottled);

    [Fact]
    public void Add_WhenOthersTookAThirdOfThePeriod_Throttles()
    {
        var policy = new SpinPolicy();
        policy.Add(Period / 3, Period);
        Assert.True(policy.IsThrottled);
    }

    [Fact]
    public void Add_WhenOthersTookAFifthOfThePeriod_DoesNot()
    {
        var policy = new SpinPolicy();
        policy.Add(Period / 5, Period);
        Assert.False(policy.IsThrottled);
    }

    [Fact]
    public void Add_AfterContention_ThrottlesUntilTheProcessorWasFreeForASecond()
    {
        var policy = new SpinPolicy();
        policy.Add(Period, Period);
        for (int period = 0; period < 9; period++) policy.Add(TimeSpan.Zero, Period);
        Assert.True(policy.IsThrottled);
        policy.Add(TimeSpan.Zero, Period);
        Assert.False(policy.IsThrottled);
    }

    [Fact]
    public void Add_WhenContentionComesBack_BeginsAnew()
    {
        var policy = new SpinPolicy();
        policy.Add(Period, Period);
        policy.Add(TimeSpan.Zero, Period * 9);
        policy.Add(Period, Period);
        policy.Add(TimeSpan.Zero, Period * 9);
        Assert.True(policy.IsThrottled);
    }
}
