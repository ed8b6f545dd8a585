using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Scheduling;

public sealed class TurnTests : IAsyncLifetime
{
    private readonly Gates _gates = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(1, silo => silo.Services.AddSingleton(_gates));

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Requests_ToOneGrain_RunOneAfterTheOther()
    {
        var grain = _cluster.Grains.GetGrain<ITurnGrain>("a");
        var first = grain.Plain("first");
        await _gates.Passed("first begins");
        var second = grain.Plain("second");
        _gates.Open("let second end");
        _gates.Open("let first end");
        await Task.WhenAll(first, second);
        Assert.Equal(["first begins", "first ends", "second begins", "second ends"], _gates.Events);
    }

    [Fact]
    public async Task Requests_ToAReentrantGrain_Interleave()
    {
        var grain = _cluster.Grains.GetGrain<IReentrantTurnGrain>("a");
        var first = grain.Plain("first");
        await _gates.Passed("first begins");
        var second = grain.Plain("second");
        _gates.Open("let second end");
        await second;
        Assert.False(first.IsCompleted);
        _gates.Open("let first end");
        await first;
        Assert.Equal(["first begins", "second begins", "second ends", "first ends"], _gates.Events);
    }

    [Fact]
    public async Task AlwaysInterleave_WhileAnotherRequestRuns_StartsAtOnce()
    {
        var grain = _cluster.Grains.GetGrain<ITurnGrain>("a");
        var first = grain.Plain("first");
        await _gates.Passed("first begins");
        _gates.Open("let second end");
        await grain.Interleaving("second");
        Assert.False(first.IsCompleted);
        _gates.Open("let first end");
        await first;
    }

    [Fact]
    public async Task ReadOnly_WhileAReadOnlyRequestRuns_StartsAtOnce_AndOthersWait()
    {
        var grain = _cluster.Grains.GetGrain<ITurnGrain>("a");
        var first = grain.Reading("first");
        await _gates.Passed("first begins");
        _gates.Open("let second end");
        await grain.Reading("second");
        var third = grain.Plain("third");
        _gates.Open("let third end");
        _gates.Open("let first end");
        await Task.WhenAll(first, third);
        Assert.Equal(["first begins", "second begins", "second ends", "first ends", "third begins", "third ends"], _gates.Events);
    }

    [Fact]
    public async Task OneWay_EndsForTheCallerWhenSent_AndItsFailureIsNotTheCallers()
    {
        var grain = _cluster.Grains.GetGrain<ITurnGrain>("a");
        await grain.Forgotten("first");
        await _gates.Passed("first begins");
        _gates.Open("let first end");
        await _gates.Passed("first ends");
    }

    [Fact]
    public async Task ResponseTimeout_IsTheMethodsOwn_AndTheRequestGoesOn()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(() => _cluster.Grains.GetGrain<ITurnGrain>("a").Impatient("first"));
        Assert.Contains("00:00:00.2", error.Message, StringComparison.Ordinal);
        _gates.Open("let first end");
        await _gates.Passed("first ends");
    }

    [Fact]
    public async Task Grain_WithManyTasks_RunsOneAtATime()
    {
        Assert.Equal(1000, await _cluster.Grains.GetGrain<ITurnGrain>("a").CountInParallel(1000));
    }

    [Fact]
    public async Task Grain_AfterAnAwait_IsBackOnItsScheduler()
    {
        Assert.True(await _cluster.Grains.GetGrain<ITurnGrain>("a").StaysOnItsScheduler());
    }
}
