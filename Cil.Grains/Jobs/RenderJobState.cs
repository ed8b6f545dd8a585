using System.Text.Json.Serialization;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>The stored state of a job; everything else can be derived from it.</summary>
internal sealed class RenderJobState : IDamageable
{
    public JobState State { get; set; }

    public RenderRequest? Request { get; set; }

    [JsonConverter(typeof(StoredPlanConverter))] public RenderPlan? Plan { get; set; }

    [JsonConverter(typeof(StoredChunksConverter))] public List<ChunkState> Chunks { get; set; } = [];

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

    /// <summary>Bytes that are kept of the job, as its tenant was told; work that a failed job keeps is not among them.</summary>
    public long StoredBytes { get; set; }

    /// <summary>Mean length of the video's optical flow, pixels a frame.</summary>
    public double? Flow { get; set; }

    /// <summary>Mean difference of neighbouring frames after the flow is taken out, 0 to 255.</summary>
    public double? Flicker { get; set; }

    /// <summary>
    /// The priority that was set since; null for the request's. The request stays as it came: the same one again is compared
    /// with it.
    /// </summary>
    public int? Priority { get; set; }

    /// <summary>The plan of the video while <see cref="Plan"/> is its draft's; null at any other time.</summary>
    [JsonConverter(typeof(StoredPlanConverter))] public RenderPlan? FullPlan { get; set; }

    public string? DraftBlob { get; set; }

    /// <summary>Until when the draft can be approved; null while it does not wait for that.</summary>
    public DateTimeOffset? ApproveBy { get; set; }

    /// <summary>Whether the jobs that it begins after are completed.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Why what is stored cannot be used; null where it can. It is never stored.</summary>
    [JsonIgnore] public string? Damage { get; set; }

    /// <summary>Begins with the plan of the video. Epochs go on, so that what a late worker reports of the draft does not count.</summary>
    internal void Approve()
    {
        long epoch = Chunks.Max(chunk => chunk.Epoch) + 1;
        (Plan, FullPlan, ApproveBy, State) = (FullPlan, null, null, JobState.Queued);
        Chunks = [.. Plan!.Chunks.Select(_ => new ChunkState { Epoch = epoch })];
    }

    /// <summary>Clears failures so that the job can be tried again, and a deadline that has passed, which would end it at once.</summary>
    internal void ForgetFailures(DateTimeOffset now)
    {
        foreach (ChunkState chunk in Chunks) (chunk.Failures, chunk.OutOfMemory, chunk.Losses) = (0, 0, 0);
        FailedOn.Clear();
        EncodeFailures = 0;
        (Error, FinishedAt, ExpiresAt) = (null, null, null);
        if (Request!.Deadline <= now) Request = Request with { Deadline = null };
    }

    string? IDamageable.Inconsistency() => this switch
    {
        { Chunks: null } or { Devices: null } or { FailedOn: null } => "a list is missing",
        // A job that was cancelled before it was submitted has nothing but its state.
        { Plan: null, Request: null } => State == JobState.Cancelled ? null : "it has no plan",
        { Plan: null } or { Request: null } => "it has a plan and no request, or the reverse",
        { Plan.Chunks: null } or { Plan.Windows: null } => "its plan has no chunks or no windows",
        { FullPlan: { } full } when full.Chunks is null || full.Windows is null => "its plan has no chunks or no windows",
        _ when !Enum.IsDefined(State) => $"its state is {(int)State}",
        _ when Chunks.Count != Plan.Chunks.Count || Chunks.Contains(null!) =>
            $"its plan has {Plan.Chunks.Count} chunks, and it knows of {Chunks.Count}",
        _ => null,
    };
}
