using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;

namespace Cil.Grains.Tests.Engine.Timers;

/// <summary>Grain timers, by the test's clock.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Gates gates = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TestCluster cluster = null!;

    private ITimedGrain Grain => cluster.Grains.GetGrain<ITimedGrain>("timed");

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(gates);
        silo.Services.AddSingleton<TimeProvider>(clock);
    });

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Timer_TicksWhenDueAndThenEachPeriod()
    {
        await Grain.Start(2 * Second, Second);

        clock.Advance(Second);
        // A turn of the grain: a tick that was due would have come before it.
        await Grain.Change(Second, Second);
        Assert.Empty(gates.Events);
        clock.Advance(Second);
        await gates.Passed("tick 1");
        gates.Open("let turn end");
        await Grain.Hold("turn");
        clock.Advance(Second);
        await gates.Passed("tick 2");
    }

    [Fact]
    public async Task Timer_WithoutAPeriod_TicksOnceUntilItIsSetAgain()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan);

        clock.Advance(Second);
        await gates.Passed("tick 1");
        clock.Advance(10 * Second);
        await Grain.Change(Second, Timeout.InfiniteTimeSpan);
        clock.Advance(Second);
        await gates.Passed("tick 2");

        Assert.Equal(["tick 1", "tick 2"], gates.Events);
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await Grain.Start(Second, Second);
        clock.Advance(Second);
        await gates.Passed("tick 1");

        await Grain.Stop();
        clock.Advance(10 * Second);
        gates.Open("let last end");
        await Grain.Hold("last");

        Assert.DoesNotContain("tick 2", gates.Events);
    }

    [Fact]
    public async Task Timer_DueWhileARequestRuns_WaitsForItsTurn()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan);
        Task held = Grain.Hold("request");
        await gates.Passed("request begins");

        clock.Advance(Second);
        Assert.DoesNotContain("tick 1", gates.Events);
        gates.Open("let request end");
        await held;

        await gates.Passed("tick 1");
    }
}
