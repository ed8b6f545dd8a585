using System.IO.Compression;
using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Webhooks;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Upgrade;

/// <summary>
/// What grids of released versions have stored, each with its jobs where they stood when it was stopped, is gone on with by this one. When
/// one is not, do not change the stored files: a deployment that is upgraded has the same. Undo what this version reads in another way,
/// or have it read both. A store may go only when nothing of its version is to be upgraded from any more.
/// For a release, write its store with
/// <c>CIL_STORED_GRID=stored-VERSION.zip dotnet test tests/Cil.Grains.Tests --filter FullyQualifiedName~StoredGrid_OfThisVersion</c>.
/// </summary>
public sealed class StoredGridTests : IAsyncLifetime
{
    private const int LongSteps = 300;

    private static readonly RenderJobId Waiting = new("waiting"), Running = new("running"), Long = new("long"), Paused = new("paused"),
        Failed = new("failed"), Completed = new("completed"), Cancelled = new("cancelled"), Draft = new("draft"), Batch = new("several");

    private static readonly StatisticsRequest Measured = new() { Dataset = "clips", Model = "measured", ClipsPerShard = 2 };

    private TestGrid grid = null!;

    public static TheoryData<string> Versions => [.. Directory.GetFiles(Folder, "stored-*.zip").Select(file => Path.GetFileName(file))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Upgrade");

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task StoredGrid_OfAVersionBefore_IsGoneOnWith(string version)
    {
        await grid.RestartAsync(folder =>
        {
            Directory.Delete(folder, recursive: true);
            ZipFile.ExtractToDirectory(Path.Combine(Folder, version), folder);
        });
        await FinishAllAsync();
    }

    [Fact]
    public async Task StoredGrid_OfThisVersion_IsGoneOnWith()
    {
        await StoreAllAsync();
        await grid.RestartAsync(folder =>
        {
            if (Environment.GetEnvironmentVariable("CIL_STORED_GRID") is not { Length: > 0 } file) return;
            File.Delete(file);
            ZipFile.CreateFromDirectory(folder, file);
        });
        await FinishAllAsync();
    }

    private async Task StoreAllAsync()
    {
        _ = await SubmitAsync(Completed);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(Completed, Completed.Value)).State);
        _ = await SubmitAsync(Draft, Request(Draft) with { Approval = true, DraftSteps = 2 });
        await grid.RenderAllAsync("a/0", Draft.Value);
        _ = await grid.UntilAsync(Draft, job => job.State == JobState.AwaitingApproval);
        _ = await SubmitAsync(Cancelled);
        await grid.Client.CancelAsync(Cancelled);
        _ = await SubmitAsync(Failed);
        await RenderAsync(Failed, chunks: 1);
        for (int attempt = 0; attempt < 3; attempt++)
        {
            // The one that has its latents is asked first.
            ChunkLease.Render lease = (await grid.TakeAsync(attempt == 0 ? "a/0" : $"w{attempt}/0", Failed.Value))!;
            await grid.ReportAsync(lease, new ChunkResult.Failed(new JobError(JobError.RenderFailed, "a fault", Retryable: true)));
        }

        Assert.Equal(JobState.Failed, (await grid.Client.GetAsync(Failed))!.State);
        _ = await SubmitAsync(Paused);
        await RenderAsync(Paused, chunks: 1);
        _ = await grid.Client.PauseAsync(Paused);
        _ = await SubmitAsync(Long, Request(Long) with { Steps = LongSteps });
        await RenderAsync(Long, chunks: 5);
        _ = await SubmitAsync(Running);
        await RenderAsync(Running, chunks: 1);
        Assert.NotNull(await grid.TakeAsync("a/0", Running.Value));
        _ = await SubmitAsync(Waiting);
        _ = await grid.Client.SubmitBatchAsync(
            new BatchRequest { Request = Request(Batch) with { Seed = null }, Seeds = [7, 9] }, [Upload.Of(new byte[] { 1 })], Batch);
        CancellationToken timeout = TestGrid.Timeout();
        while ((await grid.Client.GetBatchAsync(Batch, timeout))!.Members.Any(member => member.Snapshot is null)) await Task.Yield();
        _ = Assert.IsType<StatisticsAnswer.Accepted>(await grid.Statistics(Measured).BuildAsync(Measured));
        await MeasureAsync(shards: 1);
        _ = await grid.Webhooks("studio").CreateAsync(
            new WebhookSettings { Name = "mine", Url = "https://hooks.example.org/cil", EventTypes = WebhookEventTypes.All });
        _ = await grid.Tenant("studio").SetQuotaAsync(new TenantQuota { WaitingJobs = 7 });
    }

    private async Task FinishAllAsync()
    {
        Assert.Equal(JobState.Completed, (await grid.Client.GetAsync(Completed))!.State);
        Assert.NotNull(await grid.Blobs.GetAsync(BlobNames.Video(Completed, "mp4")));
        Assert.Equal(JobState.Cancelled, (await grid.Client.GetAsync(Cancelled))!.State);
        await FinishAsync(Waiting, before: 0);
        await FinishAsync(Running, before: 1);
        await FinishAsync(Long, before: 5);
        Assert.Equal(JobState.Paused, (await grid.Client.GetAsync(Paused))!.State);
        _ = await grid.Client.UnpauseAsync(Paused);
        await FinishAsync(Paused, before: 1);
        JobSnapshot failed = (await grid.Client.GetAsync(Failed))!;
        Assert.Equal((JobState.Failed, JobError.RenderFailed), (failed.State, failed.Error!.Code));
        _ = await grid.Client.RetryAsync(Failed);
        await FinishAsync(Failed, before: 1);
        Assert.Equal(JobState.AwaitingApproval, (await grid.Client.GetAsync(Draft))!.State);
        _ = await grid.Client.ApproveAsync(Draft);
        await FinishAsync(Draft, before: 0);
        foreach (BatchMember member in (await grid.Client.GetBatchAsync(Batch))!.Members)
            Assert.Equal(JobState.Completed, (await grid.FinishAsync(member.Job, Batch.Value)).State);
        await MeasureAsync(shards: 3);
        CancellationToken timeout = TestGrid.Timeout();
        while ((await grid.Statistics(Measured).GetAsync())!.State != JobState.Completed)
        {
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal("mine", Assert.Single(await grid.Webhooks("studio").ListAsync()).Name);
        Assert.Equal(7, (await grid.Tenant("studio").GetAsync()).Quota.WaitingJobs);
        Assert.Equal(10, (await grid.Client.ListAsync(new JobQuery { Limit = 100 })).Count);
    }

    // What was rendered before is not rendered again, and the video's frames are in their order.
    private async Task FinishAsync(RenderJobId id, int before)
    {
        JobDetails details = (await grid.Job(id).DetailsAsync())!;
        Assert.Equal(before, details.Chunks.Count(chunk => chunk.Done == chunk.Count));
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, id.Value)).State);
        byte[] video = (await grid.Blobs.GetAsync(BlobNames.Video(id, "mp4")))!.Content.ToArray();
        int frame = Sample.Plan.Width * Sample.Plan.Height * 3;
        Assert.Equal(Enumerable.Range(0, Sample.Plan.Frames), video.Chunk(frame).Select(one => (int)one.Distinct().Single()));
    }

    private static RenderRequest Request(RenderJobId id) => Sample.Request with { Model = id.Value, Tenant = "studio" };

    private Task<JobSnapshot> SubmitAsync(RenderJobId id, RenderRequest? request = null) =>
        grid.Client.SubmitAsync(request ?? Request(id), new byte[] { 1, 2, 3 }, id);

    private async Task RenderAsync(RenderJobId id, int chunks)
    {
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            ChunkLease.Render lease = (await grid.TakeAsync("a/0", id.Value))!;
            await grid.ReportAsync(lease, await grid.StoreAsync(lease));
        }
    }

    private async Task MeasureAsync(int shards)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (shards > 0)
        {
            timeout.ThrowIfCancellationRequested();
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            if (await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "a/0", Models = [Measured.Model] }) is not { } ticket
                || await grid.Statistics(Measured).BeginChunkAsync(ticket.Chunk, "a/0") is not ChunkLease.Measure lease)
            {
                await Task.Delay(10, timeout);
                continue;
            }

            _ = await grid.Blobs.PutAsync(lease.OutputBlob, new[] { (byte)lease.Chunk.Index });
            await grid.Statistics(Measured).ReportAsync(
                lease.Chunk.Index, lease.Epoch, new ChunkResult.Rendered(lease.OutputBlob, null, "weights", "device"));
            shards--;
        }
    }
}
