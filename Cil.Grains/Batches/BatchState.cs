using Cil.Interfaces;
using Cil.Interfaces.Batches;

namespace Cil.Grains.Batches;

/// <summary>What is stored of a batch; how far its jobs are is theirs to say.</summary>
internal sealed class BatchState
{
    public BatchRequest? Request { get; set; }

    /// <summary>The seeds of each picture's videos.</summary>
    public List<ulong> Seeds { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Jobs that were submitted, from the first on; those before may be refused.</summary>
    public int Submitted { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>Why jobs were refused, by their number.</summary>
    public Dictionary<int, JobError> Refused { get; set; } = [];

    /// <summary>Numbers of jobs that were deleted.</summary>
    public List<int> Removed { get; set; } = [];

    /// <summary>Bytes of the pictures, as the tenant was told.</summary>
    public long StoredBytes { get; set; }

    internal int Count => Seeds.Count * (Request?.Images.Count ?? 0);

    internal bool IsSubmitted => IsCancelled || Submitted == Count;
}
