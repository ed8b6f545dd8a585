namespace Cil.Grains.Leases;

/// <summary>The stored state of one chunk.</summary>
internal sealed class ChunkState
{
    /// <summary>The fencing epoch: the number of times that the chunk was handed out.</summary>
    public long Epoch { get; set; }

    public int Failures { get; set; }

    /// <summary>The worker that was handed the chunk last; null after it failed or was lost.</summary>
    public string? Worker { get; set; }

    /// <summary>The blob of its result; null until it is rendered.</summary>
    public string? OutputBlob { get; set; }

    /// <summary>Failures for lack of memory, which are counted among the failures too.</summary>
    public int OutOfMemory { get; set; }

    /// <summary>Times that a worker was lost while it had the chunk.</summary>
    public int Losses { get; set; }
}
