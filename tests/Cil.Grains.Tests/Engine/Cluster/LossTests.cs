using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Cluster;

/// <summary>Several silos, clients outside them, and what happens when a silo stops or is lost.</summary>
public sealed class LossTests : IAsyncLifetime
{
    private readonly Gates gates = new();
    private TestCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await TestCluster.StartAsync(3, silo => silo.Services.AddSingleton(gates));

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Grain_OfASiloThatIsLost_ComesBackElsewhere()
    {
        (IHomeGrain grain, int silo) = await AwayFromTheFirstAsync();
        string lost = await grain.Where();

        await cluster.KillAsync(silo);

        Assert.NotEqual(lost, await grain.Where());
    }

    [Fact]
    public async Task Call_InFlightToASiloThatIsLost_Fails()
    {
        (IHomeGrain grain, int silo) = await AwayFromTheFirstAsync();
        Task held = grain.Hold();
        await gates.Passed($"held at {grain.GetPrimaryKeyString()}");

        await cluster.KillAsync(silo);

        await Assert.ThrowsAnyAsync<Exception>(() => held.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Silo_ThatStops_EndsItsGrainsWithAReason()
    {
        (IHomeGrain grain, int silo) = await AwayFromTheFirstAsync();
        string before = await grain.Where();

        await cluster.StopAsync(silo);

        await gates.Passed($"{grain.GetPrimaryKeyString()} ends: ShuttingDown");
        Assert.NotEqual(before, await grain.Where());
    }

    [Fact]
    public async Task Client_OutsideTheSilos_CallsThroughAGatewayAndIsCalledBack()
    {
        using IHost host = await ClientAsync(cluster.GatewayPorts[1]);
        IClusterClient client = host.Services.GetRequiredService<IClusterClient>();
        var listener = new Listener();
        IListener reference = client.CreateObjectReference<IListener>(listener);

        string answer = await client.GetGrain<IHomeGrain>("a").Ask(reference, "who?");

        Assert.Equal("me, of who?", answer);
        GC.KeepAlive(listener);
        await host.StopAsync();
    }

    private async Task<(IHomeGrain Grain, int Silo)> AwayFromTheFirstAsync()
    {
        for (int i = 0; ; i++)
        {
            IHomeGrain grain = cluster.Grains.GetGrain<IHomeGrain>($"home {i}");
            string where = await grain.Where();
            int silo = Enumerable.Range(0, 3).Single(silo => cluster.AddressOf(silo).ToParsableString() == where);
            if (silo != 0) return (grain, silo);
        }
    }

    private static async Task<IHost> ClientAsync(int gatewayPort)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gatewayPort));
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
