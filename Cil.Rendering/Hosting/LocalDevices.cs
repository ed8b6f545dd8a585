using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Devices;
using Cil.Grains.Diagnostics;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Workers;
using Cil.Rendering.Chunks;
using Cil.Rendering.Devices;
using Cil.Rendering.Models;
using Cil.Rendering.Statistics;
using Cil.Storage;
using static TorchSharp.torch;

namespace Cil.Rendering.Hosting;

/// <summary>The devices that this process renders on, each with its thread.</summary>
public sealed class LocalDevices : IDeviceHost, IDisposable
{
    private readonly DiffusionChunkRenderer[] renderers;
    private readonly DeviceLoss? loss;

    /// <param name="count">Devices to use: GPUs where there are, else so many threads of work on the processor.</param>
    /// <param name="deviceClass">The class of all of them; null for what each device is.</param>
    /// <param name="loss">What is done about one that is lost; null where the process is not to end for it.</param>
    public LocalDevices(
        int count, ModelCatalog catalog, DatasetCatalog datasets, IBlobStore blobs,
        string? deviceClass = null, DeviceLoss? loss = null, GridInstruments? instruments = null)
    {
        this.loss = loss;
        // A grid without devices must not load libtorch.
        if (count == 0)
        {
            renderers = [];
            return;
        }

        renderers = [.. Choose(DeviceCatalog.List(), count).Select((device, ordinal) =>
        {
            // The processor's allocator counts for it as a whole, and parts of it share its memory.
            return new DiffusionChunkRenderer(
                $"{ordinal}", new Device(device.Name), deviceClass ?? DeviceClass.Of(device.Product),
                (device.TotalBytes ?? 0) / (device.IsCuda ? 1 : count),
                tellsMemory: device.IsCuda || count == 1, catalog, datasets, blobs, instruments);
        })];
        if (DeviceCatalog.List()[0].IsCuda) instruments?.ObserveGpus(() => GpuMemoryOf(count));
    }

    public int Count => renderers.Length;

    public IChunkRenderer Renderer(int ordinal) => ordinal >= 0 && ordinal < Count
        ? renderers[ordinal]
        : throw new ArgumentOutOfRangeException(nameof(ordinal), ordinal, $"ordinal: this silo has {Count} devices, got {ordinal}");

    public bool Lose(int ordinal, string reason)
    {
        loss?.Tell(ordinal, reason);
        return loss is not null;
    }

    /// <summary>Binds a model's weights on every device, so that the first job does not wait for them.</summary>
    /// <exception cref="Cil.Diffusion.Checkpoints.Files.CheckpointException">
    /// The weights are not what the model's manifest says.
    /// </exception>
    public Task BindAsync(string model, Precision precision, int threads) =>
        Task.WhenAll(renderers.Select(renderer => renderer.BindAsync(model, precision, threads)));

    /// <summary>So many GPUs, or the processor so many times where there is none.</summary>
    /// <exception cref="DeviceCountException">There are fewer GPUs.</exception>
    internal static IEnumerable<DeviceDescription> Choose(IReadOnlyList<DeviceDescription> all, int count)
    {
        if (!all[0].IsCuda) return Enumerable.Repeat(all[0], count);
        return count <= all.Count
            ? all.Take(count)
            : throw new DeviceCountException(all.Count, count);
    }

    private static IEnumerable<GpuMemory> GpuMemoryOf(int count) => DeviceCatalog.List().Take(count)
        .Where(gpu => gpu is { TotalBytes: not null, FreeBytes: not null })
        .Select(gpu => new GpuMemory(gpu.Name, gpu.TotalBytes!.Value - gpu.FreeBytes!.Value, gpu.TotalBytes.Value));

    public void Dispose()
    {
        foreach (DiffusionChunkRenderer renderer in renderers) renderer.Dispose();
    }
}
