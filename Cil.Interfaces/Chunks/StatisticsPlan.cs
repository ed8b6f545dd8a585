namespace Cil.Interfaces.Chunks;

/// <summary>A measurement with every choice made; whatever rounding depends on is here.</summary>
[GenerateSerializer, Immutable, Alias("cil.StatisticsPlan")]
public sealed record StatisticsPlan
{
    [Id(0)] public required string Dataset { get; init; }

    /// <summary>Tells this list of clips from another of the same name.</summary>
    [Id(1)] public required string DatasetHash { get; init; }

    [Id(2)] public required string Model { get; init; }

    [Id(3)] public required int Width { get; init; }

    [Id(4)] public required int Height { get; init; }

    [Id(5)] public required int Frames { get; init; }

    [Id(6)] public required ulong Seed { get; init; }

    /// <summary>Clips of the data set.</summary>
    [Id(7)] public required int Clips { get; init; }

    [Id(8)] public required int ClipsPerShard { get; init; }

    /// <summary>The text of a <see cref="Chunks.Precision"/>.</summary>
    [Id(9)] public required string Precision { get; init; }

    /// <summary>Threads that a processor encodes with.</summary>
    [Id(10)] public required int Threads { get; init; }

    /// <summary>The shards, in the order in which they are merged: first clip and number of clips.</summary>
    [Id(11)] public required IReadOnlyList<Chunk> Shards { get; init; }

    /// <summary>Directions of the largest variance that are measured as well.</summary>
    [Id(12)] public int Rank { get; init; }
}
