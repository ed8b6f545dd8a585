using System.Reflection;
using Cil.Api.Health;
using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Placement;
using Cil.Grains.Queue;
using Cil.Grains.Versions;
using Cil.Grains.Webhooks;
using Cil.Grains.Workers;
using Cil.Silo.Cluster;
using Cil.Silo.Media;
using Cil.Silo.Options;
using Cil.Silo.Outbound;
using Cil.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace Cil.Silo.Hosting;

/// <summary>Adds Cil to an Orleans silo.</summary>
public static class SiloExtensions
{
    /// <summary>
    /// Grains' storage, placement and ports. The caller adds clustering, an <see cref="IBlobStore"/> and an
    /// <see cref="IDeviceHost"/>.
    /// </summary>
    public static ISiloBuilder AddCilSilo(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddKeyedSingleton<IGrainStorage>(BlobGrainStorage.Provider, (services, _) => new BlobGrainStorage(
            services.GetRequiredService<IBlobStore>(),
            services.GetRequiredService<IClusterFormat>(),
            services.GetRequiredService<ILogger<BlobGrainStorage>>()));
        silo.Services.AddKeyedSingleton<PlacementStrategy, DevicePlacement>(nameof(DevicePlacement));
        silo.Services.AddKeyedSingleton<IPlacementDirector, DevicePlacementDirector>(typeof(DevicePlacement));
        silo.Services.AddKeyedSingleton<PlacementStrategy, CoordinatorPlacement>(nameof(CoordinatorPlacement));
        silo.Services.AddKeyedSingleton<IPlacementDirector, CoordinatorPlacementDirector>(typeof(CoordinatorPlacement));
        silo.Services.TryAddSingleton<ISiloRoles, NoRoles>();
        silo.Services.TryAddSingleton<IClusterFormat, LatestFormat>();
        // Together, before anything starts, whoever hosts the silo and however the options were given.
        silo.Services.AddValidated<PlannerOptions, PlannerOptionsValidator>().AddValidated<LeaseOptions, LeaseOptionsValidator>()
            .AddValidated<QueueOptions, QueueOptionsValidator>().AddValidated<RetentionOptions, RetentionOptionsValidator>()
            .AddValidated<DeviceCircuitBreakerOptions, DeviceCircuitBreakerOptionsValidator>()
            .AddValidated<WebhookOptions, WebhookOptionsValidator>()
            .AddValidated<OutboundOptions, OutboundOptionsValidator>();
        silo.Services.AddSingleton<AddressGuard>().AddSingleton<OutboundHttp>();
        silo.Services.TryAddSingleton<IWebhookSender, WebhookSender>();
        silo.Services.TryAddSingleton<IPictureFetcher, PictureFetcher>();
        silo.Services.AddMetrics().AddSingleton<GridInstruments>();
        silo.Services.AddSingleton<Readiness>();
        silo.Services.AddSingleton<WorkerStarter>();
        silo.Services.AddHostedService(services => services.GetRequiredService<WorkerStarter>());
        return silo;
    }

    /// <summary>Keeps everything in a folder.</summary>
    public static IServiceCollection AddFileBlobs(this IServiceCollection services, string folder) =>
        services.AddBlobs(new FileBlobStore(folder));

    /// <summary>Keeps everything there.</summary>
    public static IServiceCollection AddBlobs(this IServiceCollection services, IBlobStore blobs)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IBlobStore>(provider => new RetryingBlobStore(blobs, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMediaAccess, BlobMediaAccess>();
        services.AddSingleton<IPictureCheck, PictureCheck>();
        services.AddSingleton<IPicturePreview, PicturePreview>();
        services.AddSingleton<IVideoTools, VideoTools>();
        services.AddSingleton<IModelList, ModelList>();
        services.AddSingleton<ClusterClient>();
        services.AddSingleton<ICilClient>(provider => provider.GetRequiredService<ClusterClient>());
        services.AddSingleton<IRequestCheck>(provider => provider.GetRequiredService<ClusterClient>());
        services.AddSingleton<IJobDetails>(provider => provider.GetRequiredService<ClusterClient>());
        return services;
    }

    /// <summary>Options as they were given, on the way that all options go.</summary>
    internal static IServiceCollection AddGiven<T>(this IServiceCollection services, T given)
        where T : class => services.Configure<T>(options =>
        {
            foreach (PropertyInfo property in typeof(T).GetProperties().Where(property => property.CanWrite))
                property.SetValue(options, property.GetValue(given));
        });

    private static IServiceCollection AddValidated<T, TValidator>(this IServiceCollection services)
        where T : class
        where TValidator : class, IValidateOptions<T>
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>, TValidator>());
        services.AddOptions<T>().ValidateOnStart();
        return services;
    }
}
