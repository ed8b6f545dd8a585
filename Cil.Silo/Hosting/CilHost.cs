using Cil.Client.Jobs;
using Cil.Diffusion.Pipelines;
using Cil.Rendering.Hosting;
using Cil.Silo.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cil.Silo.Hosting;

/// <summary>Cil in this process: a silo with its devices, and a client to it.</summary>
public sealed class CilHost : IAsyncDisposable
{
    // The name that workers are called by: jobs of a kept folder remember it.
    private const string SiloName = "embedded";

    private readonly IHost host;
    private readonly IDisposable[] claims;

    private CilHost(IHost host, IDisposable[] claims) => (this.host, this.claims) = (host, claims);

    public ICilClient Client => host.Services.GetRequiredService<ICilClient>();

    public IServiceProvider Services => host.Services;

    /// <summary>Starts the whole grid in this process and waits until it takes jobs.</summary>
    /// <exception cref="StartRequirementException">The machine lacks what a grid needs.</exception>
    /// <exception cref="ServiceOptionsException">The options have errors.</exception>
    /// <exception cref="Diffusion.Pipelines.ModelFolderException">A model folder has faults.</exception>
    /// <exception cref="DataLockedException">Another grid has the data folder.</exception>
    public static async Task<CilHost> StartEmbeddedAsync(EmbeddedOptions options, CancellationToken cancellationToken = default)
    {
        StartRequirements.Check(TimeProvider.System);
        if (new EmbeddedOptionsValidator().Errors(options).ToArray() is { Length: > 0 } errors)
            throw new ServiceOptionsException(errors, nameof(EmbeddedOptions));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (options.Verbose) builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.AddFileBlobs(options.DataFolder);
        builder.Services.AddLocalDevices(options.Devices, options.ModelFolders, options.DatasetFolders);
        builder.Services.AddGiven(options.Planning).AddGiven(options.Leasing);
        options.Configure?.Invoke(builder.Services);
        (int siloPort, int gatewayPort) = (FreePort.Find(), FreePort.Find());
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort)
            .Configure<SiloOptions>(settings => settings.SiloName = SiloName)
            .AddCilSilo());
        IDisposable[] claims =
            [await DataLock.TakeAsync(options.DataFolder, cancellationToken), ServiceFile.Write(options.DataFolder, SiloName, url: null)];
        IHost? host = null;
        try
        {
            host = builder.Build();
            await host.StartAsync(cancellationToken);
            return new CilHost(host, claims);
        }
        catch
        {
            host?.Dispose();
            Release(claims);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        Release(claims);
    }

    // The name goes before the lock: whoever gets the lock finds nobody.
    private static void Release(IDisposable[] claims)
    {
        foreach (IDisposable claim in claims.Reverse()) claim.Dispose();
    }
}
