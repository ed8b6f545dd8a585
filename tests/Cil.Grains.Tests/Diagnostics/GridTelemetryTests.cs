using System.Collections.Concurrent;
using System.Diagnostics;
using Cil.Api.Http;
using Cil.Client.Diagnostics;
using Cil.Grains.Diagnostics;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Diagnostics;

/// <summary>What the grid tells of a job. The test is the device.</summary>
public sealed class GridTelemetryTests : IAsyncLifetime, IDisposable
{
    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ActivityListener listener;
    private readonly Activity call = new("call");
    private TestGrid grid = null!;
    private RecordedMetrics? metrics;

    public GridTelemetryTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source =>
                source.Name is ClientActivities.SourceName or GridActivities.SourceName or "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            // Other tests' grids are in this process too.
            ActivityStopped = span =>
            {
                if (span.TraceId == call.TraceId) spans.Enqueue(span);
            },
        };
    }

    public async Task InitializeAsync()
    {
        grid = await TestGrid.StartAsync(devices: 1);
        grid.Devices[0].Takes.Add("m");
        metrics = new RecordedMetrics(grid.Meters);
        ActivitySource.AddActivityListener(listener);
        _ = call.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    public async Task DisposeAsync() => await grid.DisposeAsync();

    public void Dispose()
    {
        call.Dispose();
        metrics?.Dispose();
        listener.Dispose();
    }

    [Fact]
    public async Task Job_AcrossALossOfItsProcess_IsOneTraceFromTheCallToTheVideo()
    {
        RenderJobId id = await SubmitAsync();
        for (int index = 0; index < 2; index++) await RenderAsync(await NextAsync());
        // The third is in hand when the process ends.
        FakeChunk stopped = await NextAsync();
        grid.Devices[0].Takes.Clear();
        stopped.End(new ChunkResult.Stopped());
        await grid.RestartAsync();
        grid.Devices[0].Takes.Add("m");
        for (int index = 2; index < Sample.Plan.Chunks.Count; index++) await RenderAsync(await NextAsync());
        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);

        await EndOfAsync(GridActivities.Job, 1);
        await EndOfAsync(GridActivities.Encode, 1);
        await EndOfAsync(GridActivities.ChunkDecode, Sample.Plan.Chunks.Count(chunk => chunk.Kind == ChunkKind.Decode));
        Activity submit = Assert.Single(Spans(ClientActivities.JobSubmit)), job = Assert.Single(Spans(GridActivities.Job));
        Assert.Equal(call.SpanId, submit.ParentSpanId);
        Activity[] chunks = [.. Spans(GridActivities.ChunkDenoise), .. Spans(GridActivities.ChunkDecode)];
        Assert.Equal(
            Sample.Plan.Chunks.Select(chunk => chunk.Index),
            chunks.Select(span => (int)span.GetTagItem(GridActivities.ChunkTag)!).Distinct().Order());
        // All are children of one span of the submission, whichever process they were in.
        ActivitySpanId parent = Assert.Single(
            chunks.Append(job).Concat(Spans(GridActivities.Encode)).Select(span => span.ParentSpanId).Distinct());
        Assert.Contains(spans, span => span.SpanId == parent && span.Source.Name == "Microsoft.Orleans.Application");
        Assert.All(chunks, span => Assert.Equal(id.Value, span.GetTagItem(GridActivities.JobTag)));
        Assert.Single(Spans(GridActivities.Encode));
    }

    [Fact]
    public async Task JobSpan_HasTheJobsOwnStartAndEnd()
    {
        RenderJobId id = await SubmitAsync();
        FakeChunk chunk = await grid.Devices[0].NextAsync();
        grid.Clock.Advance(TimeSpan.FromSeconds(5));

        chunk.End(new ChunkResult.Failed(new JobError(JobError.InvalidImage, "no picture", Retryable: false)));
        Assert.Equal(JobState.Failed, (await grid.EndAsync(id)).State);

        await EndOfAsync(GridActivities.Job, 1);
        await EndOfAsync(GridActivities.ChunkDenoise, 1);
        Activity job = Assert.Single(Spans(GridActivities.Job)), failed = Assert.Single(Spans(GridActivities.ChunkDenoise));
        Assert.Equal((Sample.Noon.UtcDateTime, TimeSpan.FromSeconds(5)), (job.StartTimeUtc, job.Duration));
        Assert.Equal(("failed", ActivityStatusCode.Error), (job.GetTagItem(GridActivities.StateTag), job.Status));
        Assert.Equal((JobError.InvalidImage, ActivityStatusCode.Error), (failed.GetTagItem(GridActivities.ErrorTag), failed.Status));
    }

    [Fact]
    public async Task Metrics_OfJobsThatEndWellAndNot_HaveTheLabelsOfTheDocument()
    {
        RenderJobId good = await SubmitAsync();
        FakeChunk first = await NextAsync();
        first.End(new ChunkResult.Failed(new JobError(JobError.RenderFailed, "a bad day", Retryable: true)));
        for (int index = 0; index < Sample.Plan.Chunks.Count; index++) await RenderAsync(await NextAsync());
        Assert.Equal(JobState.Completed, (await grid.EndAsync(good)).State);
        await EndOfAsync(GridActivities.ChunkDecode, Sample.Plan.Chunks.Count(chunk => chunk.Kind == ChunkKind.Decode));
        // A turn of the job after the one that ended it.
        _ = await grid.Client.GetAsync(good);
        RenderJobId cancelled = await grid.SubmitAsync("nobody's");
        grid.Clock.Advance(grid.Waiting.Sweep);
        await grid.Queue.StatusAsync();
        metrics!.Collect();
        await grid.Client.CancelAsync(cancelled);
        _ = await Assert.ThrowsAnyAsync<Exception>(
            () => grid.Client.SubmitAsync(Sample.Request with { Model = "m", Steps = -1 }, new byte[] { 1 }));
        _ = await grid.Job(new RenderJobId("bad")).SubmitAsync(Sample.Request with { Model = "m", Steps = -1 });

        Assert.Equal(1, metrics.Value("cil.jobs.waiting"));
        Assert.Equal(0, metrics.Value("cil.chunks.running"));
        Assert.Equal(1, metrics.Count("cil.job.duration", ("model", "m"), ("state", "completed")));
        Assert.Equal(1, metrics.Count("cil.job.duration", ("model", "nobody's"), ("state", "cancelled")));
        Assert.Equal(1, metrics.Count("cil.job.wait"));
        Assert.Equal(1, metrics.Count("cil.chunk.retries", ("reason", JobError.RenderFailed)));
        // Once by the check before uploads, once by the job itself.
        Assert.Equal(2, metrics.Count("cil.admission.refused", ("reason", "invalid")));
        Dictionary<string, string> documented = TelemetryDocument.Rows("Metrics")
            .ToDictionary(cells => cells[0], cells => cells[3].Replace(" ", "", StringComparison.Ordinal));
        Assert.All(metrics.Labels, seen => Assert.Equal(documented[seen.Key], seen.Value));
    }

    private IEnumerable<Activity> Spans(string name) => spans.Where(span => span.OperationName == name);

    // A span ends a moment after what it is about is seen.
    private async Task EndOfAsync(string name, int count)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (Spans(name).Count() < count) await Task.Delay(10, timeout);
    }

    private async Task<RenderJobId> SubmitAsync()
    {
        Activity.Current = call;
        return await grid.SubmitAsync("m");
    }

    // Time passes until the worker brings a chunk: a lost job is found again, and a worker that failed at one waits for another's try.
    private async Task<FakeChunk> NextAsync()
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (!grid.Devices[0].HasNext)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }

        return await grid.Devices[0].NextAsync();
    }

    private async Task RenderAsync(FakeChunk chunk) => chunk.End(await grid.StoreAsync(chunk.Lease));
}
