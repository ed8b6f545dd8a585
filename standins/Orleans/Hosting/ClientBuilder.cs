using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Orleans.Hosting;

internal sealed class ClientBuilder : IClientBuilder
{
    internal ClientBuilder(IServiceCollection services, IConfiguration configuration)
    {
        Services = services;
        Configuration = configuration;
        if (services.Any(s => s.ServiceType == typeof(Silo)))
        {
            throw new OrleansConfigurationException("A host is a silo or a client, not both: do not use UseOrleansClient with UseOrleans.");
        }

        if (services.Any(s => s.ServiceType == typeof(ClusterClient)))
        {
            return;
        }

        services.AddLogging();
        services.AddOptions();
        services.AddSingleton<ClusterClient>();
        services.AddSingleton<IClusterClient>(p => p.GetRequiredService<ClusterClient>());
        services.AddSingleton<IGrainFactory>(p => p.GetRequiredService<ClusterClient>());
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<ClusterClient>());
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }
}
