using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cil.Grains.Tests.Engine.Activations;

/// <summary>Activations that nobody uses are collected. By the real clock, since the original's collector knows no other.</summary>
public sealed class CollectionTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(gates);
        silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(50);
            options.CollectionAge = TimeSpan.FromMilliseconds(100);
        });
    });

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Activation_NotUsedForItsAge_IsCollected()
    {
        _ = await Grain("idle").Use();

        await gates.Passed("idle ends: ActivationIdle");
    }

    [Fact]
    public async Task Activation_WhoseEndIsDelayed_IsNotCollected()
    {
        await Grain("kept").Keep(TimeSpan.FromDays(1));
        Assert.Equal(1, await Grain("kept").Use());
        _ = await Grain("idle").Use();

        await gates.Passed("idle ends: ActivationIdle");

        Assert.Equal(2, await Grain("kept").Use());
    }

    [Fact]
    public async Task Activation_ThatWorks_IsNotCollected()
    {
        Task held = Grain("busy").Hold();
        await gates.Passed("held");
        _ = await Grain("idle").Use();

        await gates.Passed("idle ends: ActivationIdle");

        Assert.DoesNotContain("busy ends: ActivationIdle", gates.Events);
        gates.Open("let go");
        await held;
    }

    private ILifeGrain Grain(string key) => cluster.Grains.GetGrain<ILifeGrain>(key);
}
