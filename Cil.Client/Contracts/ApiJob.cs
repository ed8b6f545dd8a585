using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>A job as the HTTP API shows it. Addresses are paths of the service; null for what is not there yet.</summary>
public sealed record ApiJob
{
    public required string Id { get; init; }

    public required ApiJobState State { get; init; }

    public required ApiJobStage Stage { get; init; }

    /// <summary>Denoising steps done, and of how many.</summary>
    public int Step { get; init; }

    public int Steps { get; init; }

    public int FramesDecoded { get; init; }

    public int Frames { get; init; }

    /// <summary>Jobs before this one, 0 when it is next; null once it runs.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>An estimate from the steps so far; null before the first.</summary>
    public double? RemainingSeconds { get; init; }

    /// <summary>A PNG of what the middle frame looks like now.</summary>
    public string? PreviewUrl { get; init; }

    public string? VideoUrl { get; init; }

    /// <summary>A PNG of the video's first frame.</summary>
    public string? PosterUrl { get; init; }

    /// <summary>A string: JavaScript's numbers hold no 64 bits.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong Seed { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>Mean absolute difference of neighbouring frames, 0 to 255.</summary>
    public double? FrameDifference { get; init; }

    /// <summary>How much the video moves: mean length of its optical flow, pixels a frame.</summary>
    public double? Flow { get; init; }

    /// <summary>Mean absolute difference of neighbouring frames after the flow is taken out, 0 to 255.</summary>
    public double? Flicker { get; init; }

    public ApiJobError? Error { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string Model { get; init; } = "";

    public string Prompt { get; init; } = "";

    public string Tenant { get; init; } = "";

    public int Priority { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>When the job and its video are deleted; null for never, and while it is not over.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Failures so far, of all chunks together.</summary>
    public int Failures { get; init; }

    /// <summary>Workers that are at it now.</summary>
    public IReadOnlyList<string> Workers { get; init; } = [];

    /// <summary>SHA-256 of the weights that rendered what there is of it; null before the first chunk.</summary>
    public string? WeightsHash { get; init; }

    /// <summary>The id of the batch that it is of; null for none.</summary>
    public string? Batch { get; init; }

    /// <summary>The draft that waits for approval, or did; null where none was asked for, or yet.</summary>
    public string? DraftUrl { get; init; }

    /// <summary>Until when the draft can be approved; null while it does not wait for that.</summary>
    public DateTimeOffset? ApproveBy { get; init; }

    /// <summary>The jobs that it begins after.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    [JsonIgnore]
    public bool IsFinished => State is ApiJobState.Completed or ApiJobState.Failed or ApiJobState.Cancelled;
}
