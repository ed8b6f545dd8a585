using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>What is stored of a job. Everything else can be found again from it.</summary>
public sealed class RenderJobState
{
    public JobState State { get; set; }

    public RenderRequest? Request { get; set; }

    public RenderPlan? Plan { get; set; }

    public List<ChunkState> Chunks { get; set; } = [];

    public string? VideoBlob { get; set; }

    public string? PosterBlob { get; set; }

    public string? PreviewBlob { get; set; }

    public double? FrameDifference { get; set; }

    public string? WeightsHash { get; set; }

    public List<string> Devices { get; set; } = [];

    public JobError? Error { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Workers that a chunk failed on.</summary>
    public List<string> FailedOn { get; set; } = [];

    /// <summary>When the job is deleted; null for never, and while it is not over.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Times that the video could not be encoded or stored.</summary>
    public int EncodeFailures { get; set; }
}
