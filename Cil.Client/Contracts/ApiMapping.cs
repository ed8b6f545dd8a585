using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Workers;

namespace Cil.Client.Contracts;

/// <summary>Between the grid's messages and the HTTP contracts, so that either may change without the other.</summary>
public static class ApiMapping
{
    private const string Jobs = "/api/jobs/", Measurements = "/api/statistics/";

    public static ApiJob ToApi(this JobSnapshot job) => new()
    {
        Id = job.Id.Value,
        State = ToApi(job.State),
        Stage = ToApi(job.Stage),
        Step = job.Step,
        Steps = job.Steps,
        FramesDecoded = job.FramesDecoded,
        Frames = job.Frames,
        QueuePosition = job.QueuePosition,
        RemainingSeconds = job.Remaining?.TotalSeconds,
        PreviewUrl = Url(job.Id, "preview", job.PreviewBlob),
        VideoUrl = Url(job.Id, "video", job.VideoBlob),
        PosterUrl = Url(job.Id, "poster", job.PosterBlob),
        Seed = job.Seed,
        Width = job.Width,
        Height = job.Height,
        FrameDifference = job.FrameDifference,
        Flow = job.Flow,
        Flicker = job.Flicker,
        Error = ToApi(job.Error),
        CreatedAt = job.CreatedAt,
        FinishedAt = job.FinishedAt,
        Model = job.Model,
        Prompt = job.Prompt,
        Tenant = job.Tenant,
        Priority = job.Priority,
        Deadline = job.Deadline,
        ExpiresAt = job.ExpiresAt,
        Failures = job.Failures,
        Workers = job.Workers,
        WeightsHash = job.WeightsHash,
        Batch = job.Batch,
        DraftUrl = Url(job.Id, "draft", job.DraftBlob),
        ApproveBy = job.ApproveBy,
        After = job.After?.Split(',', StringSplitOptions.TrimEntries) ?? [],
    };

    public static JobSnapshot FromApi(this ApiJob job) => new()
    {
        Id = new RenderJobId(job.Id),
        State = FromApi(job.State),
        Stage = FromApi(job.Stage),
        Step = job.Step,
        Steps = job.Steps,
        FramesDecoded = job.FramesDecoded,
        Frames = job.Frames,
        QueuePosition = job.QueuePosition,
        Remaining = job.RemainingSeconds is { } left ? TimeSpan.FromSeconds(left) : null,
        PreviewBlob = Blob(job.PreviewUrl),
        VideoBlob = Blob(job.VideoUrl),
        PosterBlob = Blob(job.PosterUrl),
        Seed = job.Seed,
        Width = job.Width,
        Height = job.Height,
        FrameDifference = job.FrameDifference,
        Flow = job.Flow,
        Flicker = job.Flicker,
        Error = FromApi(job.Error),
        CreatedAt = job.CreatedAt,
        FinishedAt = job.FinishedAt,
        Model = job.Model,
        Prompt = job.Prompt,
        Tenant = job.Tenant,
        Priority = job.Priority,
        Deadline = job.Deadline,
        ExpiresAt = job.ExpiresAt,
        Failures = job.Failures,
        Workers = job.Workers,
        WeightsHash = job.WeightsHash,
        Batch = job.Batch,
        DraftBlob = Blob(job.DraftUrl),
        ApproveBy = job.ApproveBy,
        After = job.After.Count == 0 ? null : string.Join(',', job.After),
    };

    public static ApiJobDetails ToApi(this JobDetails details) => new()
    {
        NegativePrompt = details.Request.NegativePrompt,
        PlaybackFps = details.PlaybackFps,
        Steps = details.Steps,
        Guidance = details.Guidance,
        Start = details.Start,
        AnalyticInit = StatisticsNames.Id(details.Request.AnalyticInit)?.Value
            ?? (details.Request.AnalyticInit is "off" or "auto" ? details.Request.AnalyticInit : "sent with the request"),
        IsAnalyticInit = details.IsAnalyticInit,
        Container = details.Request.Container,
        Joining = details.Request.Joining.ToString().ToLowerInvariant(),
        Windows = details.Windows,
        SplitGuidance = details.Request.SplitGuidance,
        Quality = details.Request.Quality.ToString().ToLowerInvariant(),
        Precision = details.Precision,
        Devices = details.Devices,
        Version = details.Version,
        FailedOn = details.FailedOn,
        Chunks = [.. details.Chunks.Select(
            chunk => new ApiChunk(
                chunk.Index, ToApi(chunk.Kind), chunk.Window, chunk.Count, chunk.Done, chunk.Worker, chunk.Failures, chunk.Losses))],
    };

    public static ApiQueueStatus ToApi(this QueueStatus queue) => new()
    {
        Waiting = queue.Waiting,
        Running = queue.Running,
        IsPaused = queue.IsPaused,
        PausedModels = queue.PausedModels,
        Tenants = [.. queue.Tenants.Select(
            tenant => new ApiQueueTenant(tenant.Tenant, tenant.Waiting, tenant.Share, tenant.Used, tenant.IsPaused))],
        Workers = [.. queue.Workers.Select(
            worker => new ApiWorker(worker.Worker, worker.Loaded, worker.Memory, worker.Chunks, worker.Heard, worker.Class))],
    };

    public static QueueStatus FromApi(this ApiQueueStatus queue) => new()
    {
        Waiting = queue.Waiting,
        Running = queue.Running,
        IsPaused = queue.IsPaused,
        PausedModels = queue.PausedModels,
        Tenants = [.. queue.Tenants.Select(
            tenant => new TenantStatus(tenant.Tenant, tenant.Waiting, tenant.Share, tenant.UsedSeconds, tenant.IsPaused))],
        Workers = [.. queue.Workers.Select(
            worker => new WorkerStatus(
                worker.Worker, worker.Model, worker.MemoryBytes, worker.Chunks, worker.HeardAt, worker.Class ?? DeviceClass.Cpu))],
    };

    public static ApiDemand ToApi(this IReadOnlyList<ClassDemand> demand) => new(
        demand.Sum(one => one.Slots),
        [.. demand.Select(one => new ApiClassDemand(one.Class, one.Slots, one.Waiting, one.Running, one.Workers))]);

    public static IReadOnlyList<ClassDemand> FromApi(this ApiDemand demand) =>
        [.. demand.Classes.Select(one => new ClassDemand(one.Class, one.Waiting, one.Running, one.Workers))];

    public static ApiTenant ToApi(this TenantSnapshot tenant) =>
        new(tenant.Tenant, tenant.Quota.ToApi(), tenant.DeviceSecondsToday, tenant.StoredBytes)
        {
            DeviceSecondsThisMonth = tenant.DeviceSecondsThisMonth,
        };

    public static TenantSnapshot FromApi(this ApiTenant tenant) =>
        new(tenant.Tenant, tenant.Quota.FromApi(), tenant.DeviceSecondsToday, tenant.StoredBytes)
        {
            DeviceSecondsThisMonth = tenant.DeviceSecondsThisMonth,
        };

    public static ApiQuota ToApi(this TenantQuota quota) => new()
    {
        WaitingJobs = quota.WaitingJobs,
        DeviceSecondsPerDay = quota.DeviceSecondsPerDay,
        StoredBytes = quota.StoredBytes,
        JobWork = quota.JobWork,
        KeepDays = quota.Keep?.TotalDays,
        DeviceSecondsPerMonth = quota.DeviceSecondsPerMonth,
        Until = quota.Until,
    };

    public static TenantQuota FromApi(this ApiQuota quota) => new()
    {
        WaitingJobs = quota.WaitingJobs,
        DeviceSecondsPerDay = quota.DeviceSecondsPerDay,
        StoredBytes = quota.StoredBytes,
        JobWork = quota.JobWork,
        Keep = quota.KeepDays is { } days ? TimeSpan.FromDays(days) : null,
        DeviceSecondsPerMonth = quota.DeviceSecondsPerMonth,
        Until = quota.Until,
    };

    public static ApiStatistics ToApi(this StatisticsSnapshot statistics, RenderJobId id) => new()
    {
        Id = id.Value,
        State = ToApi(statistics.State),
        ClipsDone = statistics.ClipsDone,
        Clips = statistics.Clips,
        Url = statistics.Blob is null ? null : $"{Measurements}{id}",
        Error = ToApi(statistics.Error),
    };

    public static StatisticsSnapshot FromApi(this ApiStatistics statistics) => new()
    {
        State = FromApi(statistics.State),
        ClipsDone = statistics.ClipsDone,
        Clips = statistics.Clips,
        Blob = statistics.Url is null ? null : StatisticsNames.Blob(new RenderJobId(statistics.Id)),
        Error = FromApi(statistics.Error),
    };

    public static ApiStatisticsRequest ToApi(this StatisticsRequest request) => new()
    {
        Dataset = request.Dataset,
        Model = request.Model,
        Width = request.Width,
        Height = request.Height,
        Frames = request.Frames,
        ClipsPerShard = request.ClipsPerShard,
        Seed = request.Seed,
        Rank = request.Rank == 0 ? null : request.Rank,
    };

    public static StatisticsRequest FromApi(this ApiStatisticsRequest request)
    {
        var standard = new StatisticsRequest { Dataset = request.Dataset, Model = request.Model };
        return standard with
        {
            Width = request.Width,
            Height = request.Height,
            Frames = request.Frames,
            ClipsPerShard = request.ClipsPerShard ?? standard.ClipsPerShard,
            Seed = request.Seed ?? standard.Seed,
            Rank = request.Rank ?? standard.Rank,
        };
    }

    public static ApiFieldError ToApi(this RequestError error) => new(error.Field, error.Message);

    public static RequestError FromApi(this ApiFieldError error) => new(error.Field, error.Message);

    internal static ApiJobError? ToApi(JobError? error) =>
        error is null ? null : new ApiJobError(error.Code, error.Message, error.Retryable);

    internal static JobError? FromApi(ApiJobError? error) =>
        error is null ? null : new JobError(error.Code, error.Message, error.Retryable);

    private static string? Url(RenderJobId job, string part, string? blob) => blob is null ? null : $"{Jobs}{job}/{part}";

    // What `DownloadAsync` takes: a job's part by its kind.
    private static string? Blob(string? url) =>
        url is not null && url.StartsWith(Jobs, StringComparison.Ordinal) ? url["/api/".Length..] : null;

    private static ApiChunkKind ToApi(ChunkKind kind) => kind switch
    {
        ChunkKind.Denoise => ApiChunkKind.Denoise,
        ChunkKind.Decode => ApiChunkKind.Decode,
        ChunkKind.Measure => ApiChunkKind.Measure,
        ChunkKind.Predict => ApiChunkKind.Predict,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind"),
    };

    internal static ApiJobState ToApi(JobState state) => state switch
    {
        JobState.Queued => ApiJobState.Queued,
        JobState.Running => ApiJobState.Running,
        JobState.Paused => ApiJobState.Paused,
        JobState.Completed => ApiJobState.Completed,
        JobState.Failed => ApiJobState.Failed,
        JobState.Cancelled => ApiJobState.Cancelled,
        JobState.AwaitingApproval => ApiJobState.AwaitingApproval,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };

    internal static JobState FromApi(ApiJobState state) => state switch
    {
        ApiJobState.Queued => JobState.Queued,
        ApiJobState.Running => JobState.Running,
        ApiJobState.Paused => JobState.Paused,
        ApiJobState.Completed => JobState.Completed,
        ApiJobState.Failed => JobState.Failed,
        ApiJobState.Cancelled => JobState.Cancelled,
        ApiJobState.AwaitingApproval => JobState.AwaitingApproval,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };

    private static ApiJobStage ToApi(JobStage stage) => stage switch
    {
        JobStage.Waiting => ApiJobStage.Waiting,
        JobStage.Denoising => ApiJobStage.Denoising,
        JobStage.Decoding => ApiJobStage.Decoding,
        JobStage.Encoding => ApiJobStage.Encoding,
        JobStage.Done => ApiJobStage.Done,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage"),
    };

    private static JobStage FromApi(ApiJobStage stage) => stage switch
    {
        ApiJobStage.Waiting => JobStage.Waiting,
        ApiJobStage.Denoising => JobStage.Denoising,
        ApiJobStage.Decoding => JobStage.Decoding,
        ApiJobStage.Encoding => JobStage.Encoding,
        ApiJobStage.Done => JobStage.Done,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage"),
    };
}
