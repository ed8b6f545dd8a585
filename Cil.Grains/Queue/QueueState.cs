namespace Cil.Grains.Queue;

/// <summary>The stored part of the queue: pauses, tenants' shares, and measured device memory.</summary>
internal sealed class QueueState
{
    public bool IsPaused { get; set; }

    public HashSet<string> PausedTenants { get; set; } = [];

    public HashSet<string> PausedModels { get; set; } = [];

    /// <summary>Tenants' weights where they are not 1.</summary>
    public Dictionary<string, double> Shares { get; set; } = [];

    /// <summary>The most device memory that work of each kind took, in bytes.</summary>
    public Dictionary<string, long> MemoryPeaks { get; set; } = [];
}
