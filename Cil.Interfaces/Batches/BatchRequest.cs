using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Batches;

/// <summary>One request for several videos: each picture with each seed.</summary>
[GenerateSerializer, Immutable, Alias("cil.BatchRequest")]
public sealed record BatchRequest
{
    /// <summary>The most videos of one batch.</summary>
    public const int MostMembers = 256;

    /// <summary>What all videos share. Its seed is the first where <see cref="Count"/> is given; its image is not used.</summary>
    [Id(0)] public required RenderRequest Request { get; init; }

    /// <summary>The blobs of the uploaded pictures. The client uploads them and fills this in.</summary>
    [Id(1)] public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>The seeds of each picture's videos; none for <see cref="Count"/>.</summary>
    [Id(2)] public IReadOnlyList<ulong> Seeds { get; init; } = [];

    /// <summary>Videos of each picture, with seeds in sequence: the request's, or a drawn one, and those after it.</summary>
    [Id(3)] public int? Count { get; init; }
}
