using Cil.Grains.Tests.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;

namespace Cil.Grains.Tests.Workers;

public sealed class DeviceTrustTests
{
    private static readonly DeviceTrustOptions Options = new();
    private readonly DeviceTrust trust = new(Options);

    [Fact]
    public void Fail_OfOneJobAgainAndAgain_IsTheJobsFault()
    {
        for (int time = 0; time < 10; time++) Assert.False(trust.Fail(new RenderJobId("one"), Sample.Noon));

        Assert.False(trust.IsAside(Sample.Noon));
    }

    [Fact]
    public void Fail_OfSeveralJobsInARow_SetsTheDeviceAsideForAWhile()
    {
        Assert.True(FailJobs(Options.FailedJobs, Sample.Noon));

        Assert.True(trust.IsAside(Sample.Noon + Options.SetAside - TimeSpan.FromTicks(1)));
        Assert.False(trust.IsAside(Sample.Noon + Options.SetAside));
        Assert.True(trust.IsOnTrial);
    }

    [Fact]
    public void Fail_OfSeveralJobsWithASuccessBetween_SetsNothingAside()
    {
        _ = FailJobs(Options.FailedJobs - 1, Sample.Noon);
        trust.Succeed();

        Assert.False(FailJobs(Options.FailedJobs - 1, Sample.Noon));
    }

    [Fact]
    public void Fail_OnTrial_SetsItAsideForTwiceAsLongUpToTheLongest()
    {
        _ = FailJobs(Options.FailedJobs, Sample.Noon);
        DateTimeOffset now = Sample.Noon;
        TimeSpan expected = Options.SetAside;
        for (int time = 0; time < 10; time++)
        {
            now = trust.AsideUntil;
            Assert.True(trust.Fail(new RenderJobId("again"), now));
            expected = expected * 2 < Options.LongestSetAside ? expected * 2 : Options.LongestSetAside;
            Assert.Equal(now + expected, trust.AsideUntil);
        }

        Assert.Equal(Options.LongestSetAside, trust.AsideUntil - now);
    }

    [Fact]
    public void Succeed_OnTrial_MakesTheDeviceAsGoodAsNew()
    {
        _ = FailJobs(Options.FailedJobs, Sample.Noon);
        trust.Succeed();

        Assert.False(trust.IsOnTrial);
        Assert.False(trust.Fail(new RenderJobId("one"), Sample.Noon));
    }

    [Theory]
    [InlineData(JobError.RenderFailed, true)]
    [InlineData(JobError.OutOfMemory, true)]
    [InlineData(JobError.InvalidImage, false)]
    [InlineData(JobError.StorageFailed, false)]
    public void MayBeDevices_TellsTheRequestsFaultsApart(string code, bool expected) => Assert.Equal(expected, DeviceTrust.MayBeDevices(new JobError(code, "", Retryable: true)));

    private bool FailJobs(int count, DateTimeOffset now)
    {
        bool aside = false;
        for (int job = 0; job < count; job++) aside = trust.Fail(new RenderJobId($"job{job}"), now);
        return aside;
    }
}
