using Cil.Client.Jobs;
using Cil.Silo.Cluster;
using Cil.Silo.Options;
using Cil.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Cil.Silo.Hosting;

/// <summary>
/// A client outside the silos, through their gateways: for services in the same network that reach the same storage. Others
/// use HTTP.
/// </summary>
public sealed class ClusterConnection : IAsyncDisposable
{
    private readonly IHost host;

    private ClusterConnection(IHost host) => this.host = host;

    public ICilClient Client => host.Services.GetRequiredService<ICilClient>();

    /// <summary>Connects to the cluster of which a silo with these options would be one.</summary>
    /// <exception cref="ArgumentException">The options' cluster cannot be read.</exception>
    /// <exception cref="Orleans.Runtime.OrleansException">No gateway answers.</exception>
    public static async Task<ClusterConnection> OpenAsync(ServiceOptions options, CancellationToken cancellationToken = default)
    {
        ClusterChoice choice = ClusterChoice.Parse(options.Cluster)
            ?? throw new ArgumentException($"cluster: expected {ClusterChoice.Forms}; got '{options.Cluster}'", nameof(options));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.AddBlobs(await OpenBlobsAsync(options, cancellationToken));
        builder.UseOrleansClient(client =>
        {
            if (choice.Kind is ClusterKind.None or ClusterKind.Localhost)
                client.UseLocalhostClustering(options.GatewayPort, options.ServiceId, options.ClusterId);
            else ClusterProviders.Connect(client, options, choice);
            SiloTls.Use(client, options.Tls);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new ClusterConnection(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>The storage that the options name.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public static async Task<IBlobStore> OpenBlobsAsync(ServiceOptions options, CancellationToken cancellationToken)
    {
        if (options.IsAzure) return await AzureBlobStore.OpenAsync(options.Data, options.Container, cancellationToken: cancellationToken);
        if (options.IsS3) return await S3BlobStore.OpenAsync(S3Location.Parse(options.Data), cancellationToken: cancellationToken);
        return new FileBlobStore(options.Data);
    }
}
