using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Timers;

/// <summary>Grain timers, by the test's clock.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Gates _gates = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TestCluster _cluster = null!;

    private ITimedGrain Grain => _cluster.Grains.GetGrain<ITimedGrain>("timed");

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(_gates);
        silo.Services.AddSingleton<TimeProvider>(_clock);
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Timer_TicksWhenDueAndThenEachPeriod()
    {
        await Grain.Start(2 * Second, Second);

        _clock.Advance(Second);
        // A turn of the grain: a tick that was due would have come before it.
        await Grain.Change(Second, Second);
        Assert.Empty(_gates.Events);
        _clock.Advance(Second);
        await _gates.Passed("tick 1");
        _gates.Open("let turn end");
        await Grain.Hold("turn");
        _clock.Advance(Second);
        await _gates.Passed("tick 2");
    }

    [Fact]
    public async Task Timer_WithoutAPeriod_TicksOnceUntilItIsSetAgain()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan);

        _clock.Advance(Second);
        await _gates.Passed("tick 1");
        _clock.Advance(10 * Second);
        await Grain.Change(Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(Second);
        await _gates.Passed("tick 2");

        Assert.Equal(["tick 1", "tick 2"], _gates.Events);
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await Grain.Start(Second, Second);
        _clock.Advance(Second);
        await _gates.Passed("tick 1");

        await Grain.Stop();
        _clock.Advance(10 * Second);
        _gates.Open("let last end");
        await Grain.Hold("last");

        Assert.DoesNotContain("tick 2", _gates.Events);
    }

    [Fact]
    public async Task Timer_DueWhileARequestRuns_WaitsForItsTurn()
    {
        await Grain.Start(Second, Timeout.InfiniteTimeSpan);
        Task held = Grain.Hold("request");
        await _gates.Passed("request begins");

        _clock.Advance(Second);
        Assert.DoesNotContain("tick 1", _gates.Events);
        _gates.Open("let request end");
        await held;

        await _gates.Passed("tick 1");
    }
}
