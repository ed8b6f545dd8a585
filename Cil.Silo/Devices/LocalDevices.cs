using Cil.Diffusion.Devices;
using Cil.Grains.Blobs;
using Cil.Grains.Devices;
using Cil.Silo.Hosting;
using Cil.Silo.Models;
using Cil.Silo.Statistics;
using static TorchSharp.torch;

namespace Cil.Silo.Devices;

/// <summary>The devices that this process renders on, each with its thread.</summary>
public sealed class LocalDevices : IDeviceHost, IDisposable
{
    private readonly DiffusionChunkRenderer[] renderers;
    private readonly DeviceLoss? loss;

    /// <param name="count">Devices to use: GPUs where there are, else so many threads of work on the processor.</param>
    /// <param name="loss">What is done about one that is lost; null where the process is not to end for it.</param>
    public LocalDevices(int count, ModelCatalog catalog, DatasetCatalog datasets, IBlobStore blobs, DeviceLoss? loss = null)
    {
        this.loss = loss;
        // A grid without devices must not load libtorch.
        if (count == 0)
        {
            renderers = [];
            return;
        }

        IReadOnlyList<DeviceDescription> all = DeviceCatalog.List();
        renderers = [.. Enumerable.Range(0, count).Select(ordinal =>
        {
            DeviceDescription device = all[all[0].IsCuda ? ordinal : 0];
            // The allocator counts for the processor as a whole, and parts of it share its memory.
            return new DiffusionChunkRenderer(
                $"{ordinal}", new Device(device.Name), (device.TotalBytes ?? 0) / (device.IsCuda ? 1 : count), tellsMemory: !device.IsCuda && count == 1, catalog, datasets, blobs);
        })];
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
    /// <exception cref="Cil.Diffusion.Checkpoints.CheckpointException">The weights are not what the model's manifest says.</exception>
    internal Task BindAsync(string model, string precision, int threads) => Task.WhenAll(renderers.Select(renderer => renderer.BindAsync(model, precision, threads)));

    public void Dispose()
    {
        foreach (DiffusionChunkRenderer renderer in renderers) renderer.Dispose();
    }
}
