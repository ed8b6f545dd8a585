using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Cil.Grains.Tests.Engine.Scheduling;

public sealed class TurnTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo => silo.Services.AddSingleton(gates));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Requests_ToOneGrain_RunOneAfterTheOther()
    {
        ITurnGrain grain = cluster.Grains.GetGrain<ITurnGrain>("a");
        Task first = grain.Plain("first");
        await gates.Passed("first begins");
        Task second = grain.Plain("second");
        gates.Open("let second end");
        gates.Open("let first end");
        await Task.WhenAll(first, second);
        Assert.Equal(["first begins", "first ends", "second begins", "second ends"], gates.Events);
    }

    [Fact]
    public async Task Requests_ToAReentrantGrain_Interleave()
    {
        IReentrantTurnGrain grain = cluster.Grains.GetGrain<IReentrantTurnGrain>("a");
        Task first = grain.Plain("first");
        await gates.Passed("first begins");
        Task second = grain.Plain("second");
        gates.Open("let second end");
        await second;
        Assert.False(first.IsCompleted);
        gates.Open("let first end");
        await first;
        Assert.Equal(["first begins", "second begins", "second ends", "first ends"], gates.Events);
    }

    [Fact]
    public async Task AlwaysInterleave_WhileAnotherRequestRuns_StartsAtOnce()
    {
        ITurnGrain grain = cluster.Grains.GetGrain<ITurnGrain>("a");
        Task first = grain.Plain("first");
        await gates.Passed("first begins");
        gates.Open("let second end");
        await grain.Interleaving("second");
        Assert.False(first.IsCompleted);
        gates.Open("let first end");
        await first;
    }

    [Fact]
    public async Task ReadOnly_WhileAReadOnlyRequestRuns_StartsAtOnce_AndOthersWait()
    {
        ITurnGrain grain = cluster.Grains.GetGrain<ITurnGrain>("a");
        Task first = grain.Reading("first");
        await gates.Passed("first begins");
        gates.Open("let second end");
        await grain.Reading("second");
        Task third = grain.Plain("third");
        gates.Open("let third end");
        gates.Open("let first end");
        await Task.WhenAll(first, third);
        Assert.Equal(["first begins", "second begins", "second ends", "first ends", "third begins", "third ends"], gates.Events);
    }

    [Fact]
    public async Task OneWay_EndsForTheCallerWhenSent_AndItsFailureIsNotTheCallers()
    {
        ITurnGrain grain = cluster.Grains.GetGrain<ITurnGrain>("a");
        await grain.Forgotten("first");
        await gates.Passed("first begins");
        gates.Open("let first end");
        await gates.Passed("first ends");
    }

    [Fact]
    public async Task ResponseTimeout_IsTheMethodsOwn_AndTheRequestGoesOn()
    {
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(
            () => cluster.Grains.GetGrain<ITurnGrain>("a").Impatient("first"));
        Assert.Contains("00:00:02", error.Message, StringComparison.Ordinal);
        gates.Open("let first end");
        await gates.Passed("first ends");
    }

    [Fact]
    public async Task Grain_WithManyTasks_RunsOneAtATime()
    {
        Assert.Equal(1000, await cluster.Grains.GetGrain<ITurnGrain>("a").CountInParallel(1000));
    }

    [Fact]
    public async Task Grain_AfterAnAwait_IsBackOnItsScheduler()
    {
        Assert.True(await cluster.Grains.GetGrain<ITurnGrain>("a").StaysOnItsScheduler());
    }
}
