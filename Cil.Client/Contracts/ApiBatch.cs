namespace Cil.Client.Contracts;

/// <summary>A batch as it stands at one moment: several videos of one request.</summary>
public sealed record ApiBatch
{
    public required string Id { get; init; }

    /// <summary>Queued until a job runs, then running; at the end completed where all videos are there, else cancelled or failed.</summary>
    public required ApiJobState State { get; init; }

    public required string Tenant { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Denoising steps done, and of how many, of all videos whose job is there.</summary>
    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>How many of the videos are there.</summary>
    public int Completed { get; init; }

    /// <summary>The videos, in the order of their pictures, and of the seeds of each.</summary>
    public IReadOnlyList<ApiBatchMember> Members { get; init; } = [];
}
