using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Queue;

/// <summary>A chunk that waits for a worker, as the queue knows it.</summary>
[GenerateSerializer, Immutable, Alias("cil.ChunkTicket")]
public sealed record ChunkTicket
{
    [Id(0)] public required RenderJobId Job { get; init; }

    [Id(1)] public required int Chunk { get; init; }

    [Id(2)] public required string Model { get; init; }

    /// <summary>When the job was accepted: the older job goes first.</summary>
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>The worker that holds this job's latents, or null.</summary>
    [Id(4)] public string? Holder { get; init; }

    /// <summary>Whether only the holder can render it: the latents it goes on from are not in storage yet.</summary>
    [Id(5)] public bool IsBound { get; init; }

    /// <summary>The kind of chunk, which tells the kind of its coordinator.</summary>
    [Id(6)] public required ChunkKind Kind { get; init; }

    /// <summary>The job's tenant.</summary>
    [Id(7)] public string Tenant { get; init; } = "default";

    [Id(8)] public int Priority { get; init; }

    /// <summary>Failures of the job so far; each makes it count as younger.</summary>
    [Id(9)] public int Failures { get; init; }

    [Id(10)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Device memory that it was seen to need, in bytes; 0 where that is not known yet.</summary>
    [Id(11)] public long Memory { get; init; }

    /// <summary>Workers that it failed on; others are preferred for a while.</summary>
    [Id(12)] public IReadOnlyList<string> Avoid { get; init; } = [];
}
