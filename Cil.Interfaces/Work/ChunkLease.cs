using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Work;

/// <summary>The right to render one chunk, until its holder goes silent. A report under an older epoch is ignored.</summary>
[GenerateSerializer, Immutable, Alias("cil.ChunkLease")]
public sealed record ChunkLease
{
    [Id(0)] public required RenderPlan Plan { get; init; }

    [Id(1)] public required Chunk Chunk { get; init; }

    /// <summary>The fencing epoch: grows each time the chunk is handed out.</summary>
    [Id(2)] public required long Epoch { get; init; }

    /// <summary>Latents to go on from; null for the start of sampling.</summary>
    [Id(3)] public string? LatentsBlob { get; init; }

    /// <summary>Where this attempt puts what it makes.</summary>
    [Id(4)] public required string OutputBlob { get; init; }
}
