using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Requests;

/// <summary>Filters around calls, at the sender and at the grain.</summary>
public sealed class FilterTests : IAsyncLifetime
{
    private readonly Gates _gates = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(_gates);
        silo.AddIncomingGrainCallFilter<RecordingFilter>();
        silo.AddOutgoingGrainCallFilter<RecordingFilter>();
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Filters_StandAroundTheCallInOrder()
    {
        _ = await _cluster.Grains.GetGrain<IEchoGrain>("a").Context("nothing");

        Assert.Equal(["out: Context", "in: Context", "in, done: Context gave nothing"], _gates.Events);
    }

    [Fact]
    public async Task Filter_CanTurnAnErrorIntoAnother()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _cluster.Grains.GetGrain<IEchoGrain>("a").Throw("inner"));

        Assert.Equal(("translated", "inner"), (error.Message, error.InnerException!.Message));
    }
}
