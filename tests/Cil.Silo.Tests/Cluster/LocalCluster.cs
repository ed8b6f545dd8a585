using System.Net;
using System.Net.Sockets;
using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Rendering.Hosting;
using Cil.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cil.Silo.Tests.Cluster;

/// <summary>Several silos in this process over one folder, made only through the public API under it. The first has no device.</summary>
internal sealed class LocalCluster(string data, string model, PlannerOptions planning) : IAsyncDisposable
{
    private readonly List<IHost?> silos = [];
    private IPEndPoint? primary;

    internal ICilClient Client => silos[0]!.Services.GetRequiredService<ICilClient>();

    /// <summary>Where a client outside the silos connects: the last silo's gateway.</summary>
    internal int GatewayPort { get; private set; }

    internal async Task AddAsync(string name, int devices)
    {
        (int siloPort, int gatewayPort) = FreePorts();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddFileBlobs(data);
        builder.Services.AddLocalDevices(devices, [model], []);
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(planning));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, primary)
            .Configure<SiloOptions>(settings => settings.SiloName = name)
            .AddCilSilo());
        IHost host = builder.Build();
        await host.StartAsync();
        primary ??= new IPEndPoint(IPAddress.Loopback, siloPort);
        GatewayPort = gatewayPort;
        silos.Add(host);
    }

    /// <summary>Whether it was not killed: what others still tell of it may be old.</summary>
    internal bool IsAlive(int silo) => silos[silo] is not null;

    /// <summary>The silo is lost at once: stopping with a cancelled token drains and deactivates nothing.</summary>
    internal async Task KillAsync(int silo)
    {
        await silos[silo]!.StopAsync(new CancellationToken(canceled: true));
        // Not disposed of: a device that is gone with its machine does not wait for its step's end.
        silos[silo] = null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in silos.AsEnumerable().Reverse().OfType<IHost>())
        {
            await host.StopAsync();
            host.Dispose();
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
