using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Work;

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

    /// <summary>What is to be done, which tells who hands the chunk out.</summary>
    [Id(6)] public required ChunkKind Kind { get; init; }
}
