namespace Cil.Interfaces.Jobs;

/// <summary>A job as it stands at one moment.</summary>
[GenerateSerializer, Immutable, Alias("cil.JobSnapshot")]
public sealed record JobSnapshot
{
    [Id(0)] public required RenderJobId Id { get; init; }

    [Id(1)] public required JobState State { get; init; }

    [Id(2)] public required JobStage Stage { get; init; }

    /// <summary>Denoising steps done, and of how many.</summary>
    [Id(3)] public int Step { get; init; }

    [Id(4)] public int Steps { get; init; }

    [Id(5)] public int FramesDecoded { get; init; }

    [Id(6)] public int Frames { get; init; }

    /// <summary>Jobs before this one, 0 when it is next; null once it runs.</summary>
    [Id(7)] public int? QueuePosition { get; init; }

    /// <summary>An estimate from the steps so far; null before the first.</summary>
    [Id(8)] public TimeSpan? Remaining { get; init; }

    /// <summary>A small PNG of what the middle frame now looks like.</summary>
    [Id(9)] public string? PreviewBlob { get; init; }

    [Id(10)] public string? VideoBlob { get; init; }

    [Id(11)] public string? PosterBlob { get; init; }

    [Id(12)] public ulong Seed { get; init; }

    [Id(13)] public int Width { get; init; }

    [Id(14)] public int Height { get; init; }

    /// <summary>Mean absolute difference of neighbouring frames, 0 to 255: tells moving from still, and is no Motion Score.</summary>
    [Id(15)] public double? FrameDifference { get; init; }

    [Id(16)] public JobError? Error { get; init; }

    [Id(17)] public DateTimeOffset CreatedAt { get; init; }

    [Id(18)] public DateTimeOffset? FinishedAt { get; init; }

    [Id(19)] public string Model { get; init; } = "";

    [Id(20)] public string Prompt { get; init; } = "";

    [Id(21)] public string Tenant { get; init; } = "";

    [Id(22)] public int Priority { get; init; }

    [Id(23)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>When the job and all its blobs are deleted; null for never, and while it is not over.</summary>
    [Id(24)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Failures so far, of all chunks together.</summary>
    [Id(25)] public int Failures { get; init; }

    /// <summary>Workers that have a chunk of it now.</summary>
    [Id(26)] public IReadOnlyList<string> Workers { get; init; } = [];

    /// <summary>SHA-256 of the weights that rendered what there is of it; null before the first chunk.</summary>
    [Id(27)] public string? WeightsHash { get; init; }

    /// <summary>
    /// Mean length of the optical flow, pixels a frame: how much the video moves. Null until there is a video, and where it
    /// was not measured.
    /// </summary>
    [Id(28)] public double? Flow { get; init; }

    /// <summary>Mean absolute difference of neighbouring frames after the flow is taken out, 0 to 255.</summary>
    [Id(29)] public double? Flicker { get; init; }

    /// <summary>The id of the batch that it is of; null for none.</summary>
    [Id(30)] public string? Batch { get; init; }

    /// <summary>The draft that waits for approval, or did.</summary>
    [Id(31)] public string? DraftBlob { get; init; }

    /// <summary>Until when the draft can be approved; null while it does not wait for that.</summary>
    [Id(32)] public DateTimeOffset? ApproveBy { get; init; }

    /// <summary>Ids with ',' between of the jobs that it begins after; null for none.</summary>
    [Id(33)] public string? After { get; init; }

    /// <summary>Whether two snapshots are equal but for the estimate of the remaining time, which changes by itself.</summary>
    public bool IsLike(JobSnapshot other) =>
        this with { Remaining = other.Remaining, Workers = other.Workers } == other && Workers.SequenceEqual(other.Workers);

    public bool IsFinished => State.IsFinished();
}
