namespace Cil.Interfaces.Jobs;

/// <summary>What a job was made with, and how its chunks stand.</summary>
[GenerateSerializer, Immutable, Alias("cil.JobDetails")]
public sealed record JobDetails
{
    [Id(0)] public required RenderRequest Request { get; init; }

    /// <summary>What the plan says where the request leaves it to the model.</summary>
    [Id(1)] public required int PlaybackFps { get; init; }

    [Id(2)] public required int Steps { get; init; }

    [Id(3)] public required double Guidance { get; init; }

    [Id(4)] public required int Start { get; init; }

    /// <summary>Whether sampling starts from Analytic-Init.</summary>
    [Id(5)] public required bool IsAnalyticInit { get; init; }

    [Id(6)] public required int Windows { get; init; }

    /// <summary>"float32" or "bfloat16".</summary>
    [Id(7)] public required string Precision { get; init; }

    /// <summary>What rendered its chunks so far.</summary>
    [Id(8)] public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Of the coordinator.</summary>
    [Id(9)] public required string Version { get; init; }

    /// <summary>Workers that a chunk failed on.</summary>
    [Id(10)] public required IReadOnlyList<string> FailedOn { get; init; }

    [Id(11)] public required IReadOnlyList<ChunkProgress> Chunks { get; init; }
}
