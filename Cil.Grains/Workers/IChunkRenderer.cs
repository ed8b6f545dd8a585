using Cil.Interfaces.Chunks;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Workers;

/// <summary>The port to one device: renders chunks on the device's own thread. The grid knows nothing else of tensors.</summary>
public interface IChunkRenderer
{
    /// <summary>Models that this device can load.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>The model that is on the device, or null.</summary>
    string? Loaded => null;

    /// <summary>The device's class.</summary>
    string Class => DeviceClass.Cpu;

    /// <summary>The device's memory in bytes; 0 where it is not known.</summary>
    long Memory => 0;

    /// <summary>
    /// Renders a chunk and stores its result; errors of the chunk itself are returned, not thrown. The next call may come
    /// once the chunk before is <see cref="IChunkProgress.Ending"/>: its chunk is made ready behind the other, and rendered
    /// while that one's result is stored.
    /// </summary>
    /// <param name="cancellationToken">Checked between steps.</param>
    Task<ChunkResult> RenderAsync(ChunkLease lease, IChunkProgress progress, CancellationToken cancellationToken);
}
