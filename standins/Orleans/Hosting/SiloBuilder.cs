using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.Timers;

namespace Orleans.Hosting;

internal sealed class SiloBuilder : ISiloBuilder
{
    internal SiloBuilder(IServiceCollection services, IConfiguration configuration)
    {
        Services = services;
        Configuration = configuration;
        if (services.Any(s => s.ServiceType == typeof(ClusterClient)))
        {
            throw new OrleansConfigurationException("A host is a silo or a client, not both: do not use UseOrleansClient with UseOrleans.");
        }

        if (!services.Any(s => s.ServiceType == typeof(Silo)))
        {
            AddDefaults(services);
        }
    }

    public IServiceCollection Services { get; }

    public IConfiguration Configuration { get; }

    private static void AddDefaults(IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Silo>();
        services.AddSingleton<ILocalSiloDetails>(p => p.GetRequiredService<Silo>());
        services.AddSingleton<IGrainRuntime>(p => p.GetRequiredService<Silo>());
        services.AddSingleton<ISiloStatusOracle, SiloStatusOracle>();
        services.AddSingleton<SiloClient>();
        services.AddSingleton<IClusterClient>(p => p.GetRequiredService<SiloClient>());
        services.AddSingleton<IGrainFactory>(p => p.GetRequiredService<SiloClient>());
        services.AddSingleton<IGrainContextAccessor, GrainContextAccessor>();
        services.AddSingleton<ITimerRegistry, TimerRegistry>();
        services.AddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.AddPlacementDirector<RandomPlacement, RandomPlacementDirector>();
        services.AddPlacementDirector<PreferLocalPlacement, PreferLocalPlacementDirector>();
        services.AddPlacementDirector<ActivationCountBasedPlacement, ActivationCountPlacementDirector>();
        services.AddSingleton<IHostedService, SiloHostedService>();
    }
}
