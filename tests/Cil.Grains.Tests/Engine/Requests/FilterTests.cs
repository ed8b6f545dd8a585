using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>Filters around calls, at the sender and at the grain.</summary>
public sealed class FilterTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(gates);
        silo.AddIncomingGrainCallFilter<RecordingFilter>();
        silo.AddOutgoingGrainCallFilter<RecordingFilter>();
    });

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Filters_StandAroundTheCallInOrder()
    {
        _ = await cluster.Grains.GetGrain<IEchoGrain>("a").Context("nothing");

        Assert.Equal(["out: Context", "in: Context", "in, done: Context gave nothing"], gates.Events);
    }

    [Fact]
    public async Task Filter_CanTurnAnErrorIntoAnother()
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.Grains.GetGrain<IEchoGrain>("a").Throw("inner"));

        Assert.Equal(("translated", "inner"), (error.Message, error.InnerException!.Message));
    }
}
