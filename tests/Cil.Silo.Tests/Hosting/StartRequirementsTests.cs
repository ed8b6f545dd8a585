using Cil.Silo.Hosting;

namespace Cil.Silo.Tests.Hosting;

public sealed class StartRequirementsTests
{
    [Fact]
    public void Check_OfAClockBeforeJobsCanBeNamed_NamesBothDates()
    {
        StartRequirementException error = Assert.Throws<StartRequirementException>(
            () => StartRequirements.Check(new Clock(new DateTimeOffset(1960, 1, 1, 0, 0, 0, TimeSpan.Zero))));

        Assert.Equal("the machine's clock: expected 1970-01-01 or later, got 1960-01-01; set it", error.Missing[0]);
    }

    [Fact]
    public void Check_OfAMachineThatHasAll_IsSatisfied() => StartRequirements.Check(TimeProvider.System);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
