using Cil.Interfaces.Work;

namespace Cil.Grains.Devices;

/// <summary>The port to one device: renders chunks on the device's own thread. The grid knows nothing else of tensors.</summary>
public interface IChunkRenderer
{
    /// <summary>Models that this device can load.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>Renders a chunk and puts what it makes into storage; never throws for what the chunk itself does wrong.</summary>
    /// <param name="progress">Called with the steps or frames that are done, from the device's thread.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    Task<ChunkResult> RenderAsync(ChunkLease lease, Action<int> progress, CancellationToken cancellationToken);

    /// <summary>Lets go of what is kept for a job.</summary>
    void Forget(Interfaces.Jobs.RenderJobId job);
}
