using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Batches;

/// <summary>A batch as it stands at one moment.</summary>
[GenerateSerializer, Immutable, Alias("cil.BatchSnapshot")]
public sealed record BatchSnapshot
{
    [Id(0)] public required RenderJobId Id { get; init; }

    /// <summary>
    /// Queued until a job runs, then running; at the end completed where all videos are there, else cancelled where a job was
    /// cancelled, else failed.
    /// </summary>
    [Id(1)] public required JobState State { get; init; }

    [Id(2)] public required string Tenant { get; init; }

    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Denoising steps done, and of how many, of all videos whose job is there.</summary>
    [Id(4)] public int Step { get; init; }

    [Id(5)] public int Steps { get; init; }

    /// <summary>The videos, in the order of their pictures, and of the seeds of each.</summary>
    [Id(6)] public IReadOnlyList<BatchMember> Members { get; init; } = [];

    /// <summary>How many of the videos are there.</summary>
    public int Completed => Members.Count(member => member.Snapshot?.State == JobState.Completed);

    public bool IsFinished => State.IsFinished();

    /// <summary>Whether two snapshots are equal but for estimates of the remaining time.</summary>
    public bool IsLike(BatchSnapshot other) => State == other.State && Step == other.Step && Members.Count == other.Members.Count
        && Members.Zip(other.Members).All(pair => IsLike(pair.First, pair.Second));

    private static bool IsLike(BatchMember one, BatchMember other) =>
        one with { Snapshot = null } == other with { Snapshot = null } && (one.Snapshot, other.Snapshot) switch
        {
            (null, null) => true,
            ({ } first, { } second) => first.IsLike(second),
            _ => false,
        };
}
