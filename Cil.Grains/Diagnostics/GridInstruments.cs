using System.Diagnostics.Metrics;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Diagnostics;

/// <summary>The grid's metrics (docs/telemetry.md), one set a silo. No label is a job's id: labels are few.</summary>
public sealed class GridInstruments
{
    public const string MeterName = "Cil.Grains";

    private const string State = "state", Model = "model", Reason = "reason", ResultLabel = "result", Class = "class",
        Call = "call";

    // Seconds: a tiny model's step to a long video's day.
    private static readonly double[] StepBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] JobBounds = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 10800, 43200, 86400];

    private readonly Histogram<double> jobDuration, jobWait, stepDuration;
    private readonly Counter<long> chunkRetries, leasesLost, admissionsRefused, webhookAttempts, queueCalls;

    // Null on every silo but the one that has the queue.
    private volatile QueueLoad? load;
    private volatile Func<IEnumerable<GpuMemory>>? gpus;

    public GridInstruments(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _ = meter.CreateObservableGauge(
            "cil.jobs.waiting", () => Observe(queue => queue.WaitingJobs), "{job}", "Jobs that wait for a worker.");
        _ = meter.CreateObservableGauge(
            "cil.jobs.running", () => Observe(queue => queue.RunningJobs), "{job}", "Jobs that a worker has a chunk of.");
        _ = meter.CreateObservableGauge(
            "cil.chunks.running", () => Observe(queue => queue.RunningChunks), "{chunk}", "Chunks that workers have.");
        _ = meter.CreateObservableGauge(
            "cil.device.demand", () => ObserveClasses(one => one.Slots), "{slot}",
            "Devices of a class that the grid could use: waiting and running work.");
        _ = meter.CreateObservableGauge(
            "cil.device.workers", () => ObserveClasses(one => one.Workers), "{worker}", "Workers of a class that the queue knows.");
        _ = meter.CreateObservableGauge(
            "hw.gpu.memory.usage", () => Observe(gpu => gpu.Used), "By", "Memory of a GPU that is in use, of all processes.");
        _ = meter.CreateObservableGauge("hw.gpu.memory.limit", () => Observe(gpu => gpu.Total), "By", "Memory of a GPU.");
        jobDuration = meter.CreateHistogram("cil.job.duration", "s", "From a job's acceptance to its end.", null, Bounds(JobBounds));
        jobWait = meter.CreateHistogram(
            "cil.job.wait", "s", "From a job's acceptance to its first chunk on a worker.", null, Bounds(JobBounds));
        stepDuration = meter.CreateHistogram(
            "cil.step.duration", "s", "A denoising step on its device: the mean of a chunk.", null, Bounds(StepBounds));
        chunkRetries = meter.CreateCounter<long>("cil.chunk.retries", "{chunk}", "Chunks that failed, by the error's code.");
        leasesLost = meter.CreateCounter<long>("cil.lease.lost", "{lease}", "Chunks taken back from workers that were lost or stuck.");
        admissionsRefused = meter.CreateCounter<long>(
            "cil.admission.refused", "{job}", "Jobs that were refused: full, quota, invalid, too_large, upload_missing or mixed_versions.");
        queueCalls = meter.CreateCounter<long>("cil.queue.calls", "{call}", "Calls that the queue has answered, by their name.");
        webhookAttempts = meter.CreateCounter<long>(
            "cil.webhook.attempts", "{attempt}", "Requests to webhook endpoints: delivered, refused (another status) or unanswered.");
    }

    /// <summary>Says where the memory of this silo's GPUs is read at each collection.</summary>
    public void ObserveGpus(Func<IEnumerable<GpuMemory>> read) => gpus = read;

    /// <summary>Records a chunk's steps.</summary>
    /// <param name="duration">Device time of the chunk.</param>
    public void RecordSteps(string model, TimeSpan duration, int steps)
    {
        if (steps > 0) stepDuration.Record(duration.TotalSeconds / steps, new KeyValuePair<string, object?>(Model, model));
    }

    internal static string Name(JobState state) => state switch
    {
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        JobState.Paused => "paused",
        JobState.AwaitingApproval => "awaiting_approval",
        JobState.Running => "running",
        _ => "queued",
    };

    /// <summary>What the queue holds; null from a queue that leaves this silo.</summary>
    internal void ReportQueue(QueueLoad? now) => load = now;

    internal void RecordJobEnd(JobState state, string model, TimeSpan duration) => jobDuration.Record(
        duration.TotalSeconds, new(State, Name(state)), new KeyValuePair<string, object?>(Model, model));

    internal void RecordJobWait(TimeSpan wait) => jobWait.Record(wait.TotalSeconds);

    internal void CountRetry(string reason) => chunkRetries.Add(1, new KeyValuePair<string, object?>(Reason, reason));

    internal void CountLostLease() => leasesLost.Add(1);

    /// <summary>How an attempt went, as labels have it.</summary>
    internal static string Result(WebhookAttempt attempt) => attempt switch
    {
        { IsSuccess: true } => "delivered",
        { Status: not null } => "refused",
        _ => "unanswered",
    };

    internal void CountWebhook(WebhookAttempt attempt) =>
        webhookAttempts.Add(1, new KeyValuePair<string, object?>(ResultLabel, Result(attempt)));

    internal void CountQueueCall(string name) => queueCalls.Add(1, new KeyValuePair<string, object?>(Call, name));

    internal void CountRefusal(string reason) => admissionsRefused.Add(1, new KeyValuePair<string, object?>(Reason, reason));

    private static InstrumentAdvice<double> Bounds(double[] seconds) => new() { HistogramBucketBoundaries = seconds };

    private IEnumerable<Measurement<int>> Observe(Func<QueueLoad, int> value) =>
        load is { } queue ? [new Measurement<int>(value(queue))] : [];

    private IEnumerable<Measurement<int>> ObserveClasses(Func<ClassDemand, int> value) =>
        (load?.Demand ?? []).Select(one => new Measurement<int>(value(one), new KeyValuePair<string, object?>(Class, one.Class)));

    private IEnumerable<Measurement<long>> Observe(Func<GpuMemory, long> value) =>
        (gpus?.Invoke() ?? []).Select(gpu => new Measurement<long>(value(gpu), new KeyValuePair<string, object?>("hw.id", gpu.Id)));
}
