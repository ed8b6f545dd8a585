using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Grains.Tests.Engine.Activations;

/// <summary>When activations begin and end.</summary>
public sealed class LifeTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo => silo.Services.AddSingleton(gates));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Grain_BeginsWithItsFirstCallAndKeepsItsFields()
    {
        Assert.Equal(1, await Grain("a").Use());
        Assert.Equal(2, await Grain("a").Use());

        Assert.Equal(["a begins"], gates.Events);
    }

    [Fact]
    public async Task DeactivateOnIdle_EndsTheActivationAndTheNextCallBeginsAnother()
    {
        _ = await Grain("a").Use();
        await Grain("a").End();

        Assert.Equal(1, await Grain("a").Use());

        Assert.Equal(["a begins", "a ends: ApplicationRequested", "a begins"], gates.Events);
    }

    [Fact]
    public async Task ActivationThatFails_TellsItsCallerAndIsTriedAgain()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Grain("broken").Use());
        await Assert.ThrowsAnyAsync<Exception>(() => Grain("broken").Use());

        Assert.Equal(["broken begins", "broken begins"], gates.Events.Where(what => what.EndsWith("begins", StringComparison.Ordinal)));
    }

    private ILifeGrain Grain(string key) => cluster.Grains.GetGrain<ILifeGrain>(key);
}
