using Cil.Grains.Tests.Engine.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cil.Grains.Tests.Engine.Placement;

/// <summary>Where activations are made.</summary>
public sealed class PlacementTests : IAsyncLifetime
{
    private TestCluster cluster = null!;

    private string[] Silos => [.. Enumerable.Range(0, 3).Select(silo => cluster.AddressOf(silo).ToParsableString())];

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(3, silo =>
    {
        silo.Services.AddKeyedSingleton<PlacementStrategy, NamedPlacement>(nameof(NamedPlacement));
        silo.Services.AddKeyedSingleton<IPlacementDirector, NamedPlacementDirector>(typeof(NamedPlacement));
    });

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task OwnDirector_DecidesFromTheKey()
    {
        foreach (string silo in Silos) Assert.Equal(silo, await cluster.Grains.GetGrain<INamedGrain>(silo).Where());
    }

    [Fact]
    public async Task OwnDirector_ThatRefuses_TellsTheCaller()
    {
        OrleansException error = await Assert.ThrowsAnyAsync<OrleansException>(
            () => cluster.Grains.GetGrain<INamedGrain>("nowhere").Where());

        Assert.Contains("no silo nowhere", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreferLocal_LivesWhereItsFirstCallerLives()
    {
        foreach (string silo in Silos) Assert.Equal(silo, await cluster.Grains.GetGrain<INamedGrain>(silo).WhereLocal($"beside {silo}"));
    }

    [Fact]
    public async Task RandomPlacement_ReachesEverySilo()
    {
        var seen = new HashSet<string>();
        // To miss one silo of three in a hundred draws has a chance of 1e-17.
        for (int i = 0; i < 100; i++) seen.Add(await cluster.Grains.GetGrain<IRandomGrain>($"{i}").Where());

        Assert.Equal(Silos.Order(), seen.Order());
    }

    [Fact]
    public async Task ActivationCount_ChoosesAnActiveSilo()
    {
        // Which one depends on counts that the original's silos tell each other now and then.
        for (int i = 0; i < 20; i++) Assert.Contains(await cluster.Grains.GetGrain<ICountedGrain>($"{i}").Where(), Silos);
    }
}
