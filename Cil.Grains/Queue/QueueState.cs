namespace Cil.Grains.Queue;

/// <summary>What people have said of the queue, and what was measured: the part of it that is stored.</summary>
public sealed class QueueState
{
    public bool IsPaused { get; set; }

    public HashSet<string> PausedTenants { get; set; } = [];

    /// <summary>Tenants' weights where they are not 1.</summary>
    public Dictionary<string, double> Shares { get; set; } = [];

    /// <summary>The most device memory that work of each kind took, in bytes.</summary>
    public Dictionary<string, long> MemoryPeaks { get; set; } = [];
}
