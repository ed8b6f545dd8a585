using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Batches;

/// <summary>A batch as lists show it: what its jobs come to, without the jobs.</summary>
[GenerateSerializer, Immutable, Alias("cil.BatchSummary")]
public sealed record BatchSummary
{
    [Id(0)] public required RenderJobId Id { get; init; }

    /// <summary>As of <see cref="BatchSnapshot.State"/>.</summary>
    [Id(1)] public required JobState State { get; init; }

    [Id(2)] public required string Tenant { get; init; }

    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(4)] public string Model { get; init; } = "";

    [Id(5)] public string Prompt { get; init; } = "";

    /// <summary>Denoising steps done, and of how many, of all videos whose job is there.</summary>
    [Id(6)] public int Step { get; init; }

    [Id(7)] public int Steps { get; init; }

    /// <summary>How many videos there are, of how many.</summary>
    [Id(8)] public int Completed { get; init; }

    [Id(9)] public int Videos { get; init; }

    /// <summary>Its position in the list of batches.</summary>
    public JobCursor Place => new(CreatedAt, Id);

    public bool IsFinished => State.IsFinished();
}
