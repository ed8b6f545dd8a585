using System.Diagnostics;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Diagnostics;

/// <summary>
/// The grid's spans (docs/telemetry.md). A job's plan holds the traceparent of the call that submitted it: whatever is done
/// for the job later, on whatever silo, is a child of that call.
/// </summary>
public static class GridActivities
{
    public const string SourceName = "Cil.Grains";

    public const string Job = "job", ChunkCondition = "chunk condition", ChunkDenoise = "chunk denoise", ChunkDecode = "chunk decode";
    public const string CheckpointWrite = "checkpoint write", Encode = "encode",
        ModelLoad = "model load", WebhookDeliver = "webhook deliver";

    public const string JobTag = "cil.job.id", StateTag = "cil.job.state", ModelTag = "cil.model", TenantTag = "cil.tenant";
    public const string ChunkTag = "cil.chunk.index", EpochTag = "cil.chunk.epoch", WorkerTag = "cil.worker", ErrorTag = "error.type";
    public const string EndpointTag = "cil.webhook.endpoint", EventTag = "cil.webhook.event", StatusTag = "http.response.status_code";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>All names of spans.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Job, ChunkCondition, ChunkDenoise, ChunkDecode, CheckpointWrite, Encode, ModelLoad, WebhookDeliver];

    /// <summary>The traceparent of the call that is being answered; null where it is not traced.</summary>
    internal static string? TraceParent =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } current ? current.Id : null;

    /// <summary>Begins a span that is part of the one that its caller is in.</summary>
    /// <param name="parent">The span that it is a part of; null for the current one.</param>
    public static Activity? Begin(string name, Activity? parent = null) =>
        Source.StartActivity(name, ActivityKind.Internal, parent?.Context ?? default);

    /// <summary>Ends a span as failed.</summary>
    /// <param name="type">What kind of error: one of few.</param>
    public static void Fail(Activity? span, string type, string message)
    {
        _ = span?.SetStatus(ActivityStatusCode.Error, message);
        _ = span?.SetTag(ErrorTag, type);
    }

    /// <summary>Begins the span of a chunk on its worker; null for a chunk that is not of a job.</summary>
    internal static Activity? BeginChunk(ChunkLease lease, string worker)
    {
        if (lease is not ChunkLease.Render render) return null;
        Activity? span = Begin(lease.Chunk.Kind == ChunkKind.Decode ? ChunkDecode : ChunkDenoise, render.Plan);
        return span?.SetTag(ChunkTag, lease.Chunk.Index).SetTag(EpochTag, lease.Epoch).SetTag(WorkerTag, worker);
    }

    /// <summary>Begins the encoding of a job's video.</summary>
    internal static Activity? BeginEncode(RenderPlan plan) => Begin(Encode, plan);

    /// <summary>Begins one attempt to deliver an event, as a part of the job's trace.</summary>
    internal static Activity? BeginWebhook(WebhookEvent what, string tenant, string endpoint) => Source.StartActivity(
        WebhookDeliver,
        ActivityKind.Client,
        ActivityContext.TryParse(what.TraceParent, null, isRemote: true, out ActivityContext parent) ? parent : default,
        [new(JobTag, what.Job.Value), new(TenantTag, tenant), new(EndpointTag, endpoint), new(EventTag, what.Type)]);

    /// <summary>Says how the attempt went.</summary>
    internal static void EndWebhook(Activity? span, WebhookAttempt attempt)
    {
        if (attempt.Status is { } status) _ = span?.SetTag(StatusTag, status);
        if (!attempt.IsSuccess) Fail(span, GridInstruments.Result(attempt), attempt.Error ?? "the endpoint has not taken it");
    }

    /// <summary>Writes a job's span when it has ended.</summary>
    /// <param name="from">When it was accepted.</param>
    /// <param name="to">When it ended.</param>
    internal static void WriteJob(RenderPlan plan, string tenant, JobState state, JobError? error, DateTimeOffset from, DateTimeOffset to)
    {
        using Activity? span = Begin(Job, plan, from);
        if (span is null) return;
        _ = span.SetTag(StateTag, GridInstruments.Name(state)).SetTag(TenantTag, tenant);
        if (error is not null) Fail(span, error.Code, error.Message);
        _ = span.SetEndTime(to.UtcDateTime);
    }

    private static Activity? Begin(string name, RenderPlan plan, DateTimeOffset start = default) => Source.StartActivity(
        name,
        ActivityKind.Internal,
        ActivityContext.TryParse(plan.TraceParent, null, isRemote: true, out ActivityContext parent) ? parent : default,
        [new(JobTag, plan.Job.Value), new(ModelTag, plan.Model)],
        startTime: start);
}
