namespace Cil.Grains.Leases;

/// <summary>One chunk's standing in the stored job.</summary>
public sealed class ChunkState
{
    /// <summary>The fencing epoch: how often the chunk was handed out.</summary>
    public long Epoch { get; set; }

    public int Failures { get; set; }

    /// <summary>Who was handed it last.</summary>
    public string? Worker { get; set; }

    /// <summary>Where its result lies; null until it is rendered.</summary>
    public string? OutputBlob { get; set; }

    /// <summary>Failures for want of memory, which are counted among the failures too.</summary>
    public int OutOfMemory { get; set; }

    /// <summary>Workers that were lost while they had it.</summary>
    public int Losses { get; set; }
}
