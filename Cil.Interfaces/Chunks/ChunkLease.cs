namespace Cil.Interfaces.Chunks;

/// <summary>The right to render one chunk, until its worker goes silent. A report under an older epoch is ignored.</summary>
[GenerateSerializer, Immutable, Alias("cil.ChunkLease")]
public abstract record ChunkLease
{
    private ChunkLease()
    {
    }

    /// <summary>The job that the chunk is of.</summary>
    [Id(0)] public required RenderJobId Job { get; init; }

    [Id(1)] public required Chunk Chunk { get; init; }

    /// <summary>The fencing epoch: grows each time the chunk is handed out.</summary>
    [Id(2)] public required long Epoch { get; init; }

    /// <summary>Where this attempt stores its result.</summary>
    [Id(3)] public required string OutputBlob { get; init; }

    /// <summary>Steps to denoise or frames to decode.</summary>
    [GenerateSerializer, Immutable, Alias("cil.ChunkLease.Render")]
    public sealed record Render : ChunkLease
    {
        /// <summary>The job's plan, without its chunks where they are many.</summary>
        [Id(0)] public required RenderPlan Plan { get; init; }

        /// <summary>The results that this chunk starts from, in the order of the plan; none for the start of sampling.</summary>
        [Id(2)] public IReadOnlyList<string> SourceBlobs { get; init; } = [];

        /// <summary>The chunks that made them; null from a coordinator that says it by the plan's chunks alone.</summary>
        [Id(3)] public IReadOnlyList<Chunk>? Sources { get; init; }
    }

    /// <summary>Clips to encode, whose latents' moments are wanted.</summary>
    [GenerateSerializer, Immutable, Alias("cil.ChunkLease.Measure")]
    public sealed record Measure : ChunkLease
    {
        [Id(0)] public required StatisticsPlan Plan { get; init; }
    }
}
