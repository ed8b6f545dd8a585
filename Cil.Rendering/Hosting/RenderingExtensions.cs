using Cil.Grains.Diagnostics;
using Cil.Grains.Frames;
using Cil.Grains.Models;
using Cil.Grains.Statistics;
using Cil.Grains.Workers;
using Cil.Rendering.Devices;
using Cil.Rendering.Frames;
using Cil.Rendering.Models;
using Cil.Rendering.Statistics;
using Cil.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cil.Rendering.Hosting;

/// <summary>Adds rendering to a silo's services.</summary>
public static class RenderingExtensions
{
    /// <summary>Renders on this machine's devices with the models of these folders, and measures these data sets.</summary>
    /// <param name="datasetFolders">Folders with a list of clips; a data set is named as its folder is.</param>
    /// <param name="deviceClass">The devices' class; null for what each device is.</param>
    public static IServiceCollection AddLocalDevices(
        this IServiceCollection services, int devices, IReadOnlyList<string> modelFolders,
        IReadOnlyList<string> datasetFolders, string? deviceClass = null)
    {
        services.TryAddSingleton<IVideoEncoder, FfmpegVideoEncoder>();
        services.TryAddSingleton<IMotionMeters, FlowMeters>();
        var datasets = new DatasetCatalog(datasetFolders);
        services.AddSingleton<IDatasetCatalog>(datasets);
        services.AddSingleton<IStatisticsMerger, StatisticsMerger>();
        var catalog = new ModelCatalog(modelFolders);
        services.AddSingleton(catalog);
        services.AddSingleton<IModelCatalog>(catalog);
        services.AddSingleton<IDeviceHost>(provider => new LocalDevices(
            devices, catalog, datasets, provider.GetRequiredService<IBlobStore>(), deviceClass,
            provider.GetService<DeviceLoss>(), provider.GetService<GridInstruments>()));
        return services;
    }
}
