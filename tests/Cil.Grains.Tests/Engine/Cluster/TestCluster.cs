using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Cluster;

/// <summary>
/// Silos of one cluster in this process, made only through the public API, so that nothing but what the grid uses stands
/// under them.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly List<IHost> hosts = [];
    private readonly Action<ISiloBuilder> configure;
    private IPEndPoint? primary;

    private TestCluster(Action<ISiloBuilder> configure)
    {
        this.configure = configure;
    }

    public IReadOnlyList<IHost> Hosts => hosts;

    public IGrainFactory Grains => hosts[0].Services.GetRequiredService<IGrainFactory>();

    public List<int> GatewayPorts { get; } = [];

    public static async Task<TestCluster> StartAsync(int silos = 1, Action<ISiloBuilder>? configure = null)
    {
        var cluster = new TestCluster(configure ?? (static _ => { }));
        for (int i = 0; i < silos; i++) await cluster.AddSiloAsync();

        return cluster;
    }

    public SiloAddress AddressOf(int silo) => hosts[silo].Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public async Task AddSiloAsync()
    {
        (int siloPort, int gatewayPort) = FreePorts();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, primary);
            silo.AddMemoryGrainStorageAsDefault();
            configure(silo);
        });
        IHost host = builder.Build();
        await host.StartAsync();
        primary ??= new IPEndPoint(IPAddress.Loopback, siloPort);
        hosts.Add(host);
        GatewayPorts.Add(gatewayPort);
    }

    /// <summary>The silo is lost at once: stopping with a cancelled token deactivates nothing.</summary>
    public Task KillAsync(int silo) => hosts[silo].StopAsync(new CancellationToken(canceled: true));

    public Task StopAsync(int silo) => hosts[silo].StopAsync();

    public async ValueTask DisposeAsync()
    {
        for (int i = hosts.Count - 1; i >= 0; i--)
        {
            await hosts[i].StopAsync();
            hosts[i].Dispose();
        }
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
