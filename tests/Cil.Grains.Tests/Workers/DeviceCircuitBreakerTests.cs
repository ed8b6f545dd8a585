using Cil.Grains.Tests.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;

namespace Cil.Grains.Tests.Workers;

public sealed class DeviceCircuitBreakerTests
{
    private static readonly DeviceCircuitBreakerOptions Options = new();
    private readonly DeviceCircuitBreaker breaker = new(Options);

    [Fact]
    public void Fail_OfOneJobAgainAndAgain_CountsAgainstTheJob()
    {
        for (int time = 0; time < 10; time++) Assert.False(breaker.Fail(new RenderJobId("one"), Sample.Noon));

        Assert.False(breaker.IsQuarantined(Sample.Noon));
    }

    [Fact]
    public void Fail_OfSeveralJobsInARow_QuarantinesTheDevice()
    {
        Assert.True(FailJobs(Options.FailedJobs, Sample.Noon));

        Assert.True(breaker.IsQuarantined(Sample.Noon + Options.Quarantine - TimeSpan.FromTicks(1)));
        Assert.False(breaker.IsQuarantined(Sample.Noon + Options.Quarantine));
        Assert.True(breaker.IsHalfOpen);
    }

    [Fact]
    public void Fail_OfSeveralJobsWithASuccessBetween_QuarantinesNothing()
    {
        _ = FailJobs(Options.FailedJobs - 1, Sample.Noon);
        breaker.Succeed();

        Assert.False(FailJobs(Options.FailedJobs - 1, Sample.Noon));
    }

    [Fact]
    public void Fail_WhileHalfOpen_QuarantinesForTwiceAsLongUpToTheLongest()
    {
        _ = FailJobs(Options.FailedJobs, Sample.Noon);
        DateTimeOffset now = Sample.Noon;
        TimeSpan expected = Options.Quarantine;
        for (int time = 0; time < 10; time++)
        {
            now = breaker.QuarantinedUntil;
            Assert.True(breaker.Fail(new RenderJobId("again"), now));
            expected = expected * 2 < Options.MaxQuarantine ? expected * 2 : Options.MaxQuarantine;
            Assert.Equal(now + expected, breaker.QuarantinedUntil);
        }

        Assert.Equal(Options.MaxQuarantine, breaker.QuarantinedUntil - now);
    }

    [Fact]
    public void Succeed_WhileHalfOpen_ClosesTheBreaker()
    {
        _ = FailJobs(Options.FailedJobs, Sample.Noon);
        breaker.Succeed();

        Assert.False(breaker.IsHalfOpen);
        Assert.False(breaker.Fail(new RenderJobId("one"), Sample.Noon));
    }

    [Theory]
    [InlineData(JobError.RenderFailed, true)]
    [InlineData(JobError.OutOfMemory, true)]
    [InlineData(JobError.InvalidImage, false)]
    [InlineData(JobError.StorageFailed, false)]
    public void MayBeCausedByDevice_TellsTheRequestsErrorsApart(string code, bool expected) =>
        Assert.Equal(expected, DeviceCircuitBreaker.MayBeCausedByDevice(new JobError(code, "", Retryable: true)));

    private bool FailJobs(int count, DateTimeOffset now)
    {
        bool quarantined = false;
        for (int job = 0; job < count; job++) quarantined = breaker.Fail(new RenderJobId($"job{job}"), now);
        return quarantined;
    }
}
