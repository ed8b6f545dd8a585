using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Leases;

/// <summary>What a job does with workers that work, fail, fall silent or come late. The test plays the workers.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Job_WhenEveryChunkIsRendered_HasTheFramesInOrderAndLeavesNoWork()
    {
        RenderJobId id = await grid.SubmitAsync("whole");

        await grid.RenderAllAsync("a/0", "whole");
        JobSnapshot end = await grid.EndAsync(id);

        Assert.True(end.State == JobState.Completed, $"{end.Error}");
        // Answered when the turn that ended the job is over.
        _ = await grid.Client.GetAsync(id);
        byte[] video = await grid.Client.DownloadAsync(end.VideoBlob!);
        RenderPlan plan = Sample.Plan;
        Assert.Equal(
            Enumerable.Range(0, plan.Frames).Select(frame => (byte)frame),
            video.Where((_, index) => index % (plan.Width * plan.Height * 3) == 0));
        Assert.Equal((plan.Steps, plan.Frames), (end.Step, end.FramesDecoded));
        Assert.Empty(await grid.WorkBlobsAsync(id));
    }

    [Fact]
    public async Task Chunk_OfAWorkerThatFallsSilent_GoesToAnotherAndTheLateResultIsIgnored()
    {
        RenderJobId id = await grid.SubmitAsync("silent");
        ChunkLease.Render late = (await grid.TakeAsync("a/0", "silent"))!;

        grid.Clock.Advance(TestGrid.Leasing.Silence + (2 * TestGrid.Leasing.Check));
        ChunkLease.Render again = await OfferedAsync("b/0", "silent");
        await grid.ReportAsync(late, await grid.StoreAsync(late));

        Assert.Equal((late.Chunk.Index, late.Epoch + 1), (again.Chunk.Index, again.Epoch));
        Assert.NotEqual(late.OutputBlob, again.OutputBlob);
        Assert.Equal(0, (await grid.Client.GetAsync(id))!.Step);
        Assert.Empty(await grid.WorkBlobsAsync(id));
        Assert.Equal(HeartbeatAnswer.Stop, await grid.Job(id).HeartbeatAsync(late.Chunk.Index, late.Epoch, 1));
        Assert.Equal(HeartbeatAnswer.GoOn, await grid.Job(id).HeartbeatAsync(again.Chunk.Index, again.Epoch, 1));
    }

    [Fact]
    public async Task Chunk_OfAWorkerThatIsHeard_StaysWithIt()
    {
        RenderJobId id = await grid.SubmitAsync("heard");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "heard"))!;

        for (int beat = 0; beat < 5; beat++)
        {
            grid.Clock.Advance(TestGrid.Leasing.Silence / 2);
            Assert.Equal(HeartbeatAnswer.GoOn, await grid.Job(id).HeartbeatAsync(lease.Chunk.Index, lease.Epoch, beat));
        }

        Assert.Null(await grid.TakeAsync("b/0", "heard"));
        await grid.ReportAsync(lease, await grid.StoreAsync(lease));
        Assert.Equal(lease.Chunk.Count, (await grid.Client.GetAsync(id))!.Step);
    }

    [Fact]
    public async Task Chunk_ThatFailsToBeTriedAgain_EndsTheJobAfterTheLastAttemptWithItsReason()
    {
        RenderJobId id = await grid.SubmitAsync("failing");

        for (int attempt = 1; attempt <= TestGrid.Leasing.MaxAttempts; attempt++)
        {
            Assert.Equal(JobState.Queued == (await grid.Client.GetAsync(id))!.State, attempt == 1);
            ChunkLease.Render lease = (await grid.TakeAsync($"a/{attempt}", "failing"))!;
            Assert.Equal(attempt, lease.Epoch);
            await grid.ReportAsync(
                lease, new ChunkResult.Failed(new JobError(JobError.RenderFailed, $"attempt {attempt}", Retryable: true)));
        }

        JobSnapshot end = (await grid.Client.GetAsync(id))!;
        Assert.Equal((JobState.Failed, $"attempt {TestGrid.Leasing.MaxAttempts}"), (end.State, end.Error!.Message));
        Assert.Null(await grid.TakeAsync("a/0", "failing"));
    }

    // An attempt ends two seconds after storage has gone away: three of them are less than a short outage.
    [Fact]
    public async Task Chunk_WhoseStorageFails_IsTriedMoreOftenThanOneThatFails()
    {
        RenderJobId id = await grid.SubmitAsync("unstored");
        for (int attempt = 1; attempt < TestGrid.Leasing.MaxStorageAttempts; attempt++)
        {
            ChunkLease.Render lease = (await grid.TakeAsync($"a/{attempt}", "unstored"))!;
            await grid.ReportAsync(lease, new ChunkResult.Failed(new JobError(JobError.StorageFailed, "HTTP 503", Retryable: true)));
        }

        Assert.InRange(TestGrid.Leasing.MaxStorageAttempts, TestGrid.Leasing.MaxAttempts + 1, int.MaxValue);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "unstored")).State);
    }

    [Fact]
    public async Task Failure_ThatIsToldAgain_CountsOnce()
    {
        RenderJobId id = await grid.SubmitAsync("told");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "told"))!;

        // As a worker does that gets no answer.
        for (int time = 0; time <= TestGrid.Leasing.MaxAttempts; time++)
            await grid.ReportAsync(lease, new ChunkResult.Failed(new JobError(JobError.StorageFailed, "once", Retryable: true)));

        Assert.Equal((JobState.Running, 1), ((await grid.Client.GetAsync(id))!.State, (await grid.Client.GetAsync(id))!.Failures));
        Assert.Equal(2, (await grid.TakeAsync("b/0", "told"))!.Epoch);
    }

    [Fact]
    public async Task Chunk_RenderedWithOtherWeights_IsNotTakenAndGoesWhereTheJobsWeightsAre()
    {
        RenderJobId id = await grid.SubmitAsync("weights");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "weights"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        int step = (await grid.Client.GetAsync(id))!.Step;

        // Who has the latents is waited for, for a while.
        grid.Clock.Advance(TimeSpan.FromSeconds(30));
        ChunkLease.Render foreign = await OfferedAsync("b/0", "weights");
        await grid.ReportAsync(
            foreign, ((ChunkResult.Rendered)await grid.StoreAsync(foreign)) with { WeightsHash = "another model of that name" });

        Assert.Equal(step, (await grid.Client.GetAsync(id))!.Step);
        Assert.DoesNotContain(foreign.OutputBlob, await grid.WorkBlobsAsync(id));
        ChunkLease.Render again = (await grid.TakeAsync("a/0", "weights"))!;
        Assert.Equal(foreign.Chunk.Index, again.Chunk.Index);
        await grid.ReportAsync(again, await grid.StoreAsync(again));
        await grid.RenderAllAsync("a/0", "weights");
        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);
    }

    [Fact]
    public async Task Chunk_ThatFails_IsFreeForAnotherThoughItsLastHeartbeatComesLate()
    {
        RenderJobId id = await grid.SubmitAsync("late");
        ChunkLease.Render failed = (await grid.TakeAsync("a/0", "late"))!;
        await grid.ReportAsync(failed, new ChunkResult.Failed(new JobError(JobError.StorageFailed, "no answer", Retryable: true)));
        _ = await grid.Job(id).HeartbeatAsync(failed.Chunk.Index, failed.Epoch, 1);

        ChunkLease.Render again = await OfferedAsync("b/0", "late");

        Assert.Equal((failed.Chunk.Index, failed.Epoch + 1), (again.Chunk.Index, again.Epoch));
        await grid.RenderAllAsync("b/0", "late");
    }

    [Fact]
    public async Task Chunk_WhoseFailureNoAttemptCanMend_EndsTheJobAtOnce()
    {
        RenderJobId id = await grid.SubmitAsync("hopeless");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "hopeless"))!;

        await grid.ReportAsync(lease, new ChunkResult.Failed(new JobError(JobError.InvalidImage, "no picture", Retryable: false)));

        Assert.Equal(
            (JobState.Failed, JobError.InvalidImage),
            ((await grid.Client.GetAsync(id))!.State, (await grid.Client.GetAsync(id))!.Error!.Code));
    }

    [Fact]
    public async Task Chunk_ThatAWorkerStops_IsOfferedAgainAndIsNoFailure()
    {
        _ = await grid.SubmitAsync("stopped");

        for (int time = 0; time <= TestGrid.Leasing.MaxAttempts; time++)
        {
            ChunkLease.Render lease = (await grid.TakeAsync("a/0", "stopped"))!;
            await grid.ReportAsync(lease, new ChunkResult.Stopped());
        }

        Assert.NotNull(await grid.TakeAsync("a/0", "stopped"));
    }

    [Fact]
    public async Task Chunk_ReportedTwice_CountsOnce()
    {
        RenderJobId id = await grid.SubmitAsync("twice");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "twice"))!;
        ChunkResult result = await grid.StoreAsync(lease);

        await grid.ReportAsync(lease, result);
        await grid.ReportAsync(lease, result);

        Assert.Equal(lease.Chunk.Count, (await grid.Client.GetAsync(id))!.Step);
        Assert.Equal([lease.OutputBlob], await grid.WorkBlobsAsync(id));
    }

    [Fact]
    public async Task NextChunk_CanBeBegunByTheWorkerThatHasTheLatentsBeforeTheyAreStored()
    {
        _ = await grid.SubmitAsync("ahead");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "ahead"))!;

        Assert.Null(await grid.TakeAsync("b/0", "ahead"));
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "ahead"))!;

        Assert.Equal((first.Chunk.Index + 1, first.OutputBlob), (second.Chunk.Index, Assert.Single(second.SourceBlobs)));
    }

    [Fact]
    public async Task NextChunk_BegunAheadByAWorkerThatIsLost_WaitsForTheChunkBeforeAndHasNotFailed()
    {
        RenderJobId id = await grid.SubmitAsync("both");
        for (int loss = 0; loss < TestGrid.Leasing.MaxAttempts - 1; loss++)
        {
            ChunkLease.Render lost = await OfferedAsync("a/0", "both");
            Assert.Equal(0, lost.Chunk.Index);
            Assert.Equal(1, (await grid.TakeAsync("a/0", "both"))!.Chunk.Index);
            grid.Clock.Advance(TestGrid.Leasing.Silence + (2 * TestGrid.Leasing.Check));
        }

        ChunkLease.Render first = await OfferedAsync("b/0", "both");
        Assert.Equal((0, TestGrid.Leasing.MaxAttempts), (first.Chunk.Index, (int)first.Epoch));
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        ChunkLease.Render second = (await grid.TakeAsync("b/0", "both"))!;
        // Two more failures of its own are allowed: being lost with the chunk before was none.
        await grid.ReportAsync(second, new ChunkResult.Failed(new JobError(JobError.RenderFailed, "once", Retryable: true)));
        second = (await grid.TakeAsync("c/0", "both"))!;
        await grid.ReportAsync(second, new ChunkResult.Failed(new JobError(JobError.RenderFailed, "twice", Retryable: true)));

        Assert.Equal(JobState.Running, (await grid.Client.GetAsync(id))!.State);
    }

    [Fact]
    public async Task Chunk_TakenFromTheQueueByAWorkerThatNeverBegins_IsOfferedAgain()
    {
        _ = await grid.SubmitAsync("forgotten");
        Assert.NotNull(await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "a/0", Models = ["forgotten"] }));
        Assert.Null(await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "b/0", Models = ["forgotten"] }));

        grid.Clock.Advance(TestGrid.Leasing.Check);

        Assert.Equal(1, (await OfferedAsync("b/0", "forgotten")).Epoch);
    }

    [Fact]
    public async Task Cancel_WhileItWaits_TakesItFromTheQueue()
    {
        RenderJobId id = await grid.SubmitAsync("waiting");

        await grid.Client.CancelAsync(id);

        Assert.Equal(JobState.Cancelled, (await grid.Client.GetAsync(id))!.State);
        Assert.Null(await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "a/0", Models = ["waiting"] }));
        Assert.Null(await grid.Blobs.GetAsync(BlobNames.Unfinished(id)));
    }

    [Fact]
    public async Task Cancel_WhileAChunkIsRendered_KeepsTheStepsDoneAndLeavesNoWorkWhenTheResultComesLate()
    {
        RenderJobId id = await grid.SubmitAsync("cancelled");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "cancelled"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "cancelled"))!;
        _ = await grid.Job(id).HeartbeatAsync(second.Chunk.Index, second.Epoch, 1);

        await grid.Client.CancelAsync(id);
        await grid.ReportAsync(second, await grid.StoreAsync(second));

        Assert.Equal(first.Chunk.Count + 1, (await grid.Client.GetAsync(id))!.Step);
        Assert.Empty(await grid.WorkBlobsAsync(id));
    }

    [Fact]
    public async Task Cancel_WhileTheVideoIsEncoded_LeavesNoVideo()
    {
        grid.Encoder.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RenderJobId id = await grid.SubmitAsync("encoding");
        await grid.RenderAllAsync("a/0", "encoding");
        await grid.Encoder.Begun.Task.WaitAsync(TestGrid.Timeout());

        await grid.Client.CancelAsync(id);
        grid.Encoder.Gate.SetResult();
        await grid.Blobs.DeletedAsync(BlobNames.Provenance(id));

        Assert.Equal(JobState.Cancelled, (await grid.Client.GetAsync(id))!.State);
        Assert.Null(await grid.Blobs.GetAsync(BlobNames.Poster(id)));
        Assert.Null(await grid.Blobs.GetAsync(BlobNames.Provenance(id)));
    }

    [Fact]
    public async Task Job_WhoseVideoCannotBeMade_FailsAfterTheLastAttemptWithItsReason()
    {
        grid.Encoder.Fault = "no encoder of that name";
        RenderJobId id = await grid.SubmitAsync("unencodable");

        await grid.RenderAllAsync("a/0", "unencodable");

        Task<JobSnapshot> ending = grid.EndAsync(id);
        // It is tried again at each look.
        while (!ending.IsCompleted)
        {
            grid.Clock.Advance(TestGrid.Leasing.Check);
            await Task.Yield();
        }

        JobSnapshot end = await ending;
        Assert.Equal((JobState.Failed, JobError.EncodeFailed), (end.State, end.Error!.Code));
        Assert.Contains("no encoder of that name", end.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_WithTheSameIdAndAnotherPicture_IsRefusedAndLeavesTheFirstOnesPicture()
    {
        var id = RenderJobId.New();
        RenderRequest request = Sample.Request with { Model = "same" };
        JobSnapshot first = await grid.Client.SubmitAsync(request, new byte[] { 1 }, id);

        RequestMismatchException error = await Assert.ThrowsAsync<RequestMismatchException>(
            () => grid.Client.SubmitAsync(request with { Steps = 3 }, new byte[] { 2 }, id));

        Assert.Equal(
            $"job {id} was submitted with another image, steps; another request needs another id or idempotency key", error.Message);
        JobSnapshot again = await grid.Client.SubmitAsync(
            request with { Deadline = grid.Clock.GetUtcNow().AddHours(1) }, new byte[] { 1 }, id);
        Assert.Equal(first.CreatedAt, again.CreatedAt);
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "same"))!;
        Assert.Equal(new byte[] { 1 }, (await grid.Blobs.GetAsync(lease.Plan.ImageBlob))!.Content.ToArray());
    }

    // The job looks after its chunks in turns of its own, soon after the clock says so.
    private async Task<ChunkLease.Render> OfferedAsync(string worker, string model)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (true)
        {
            if (await grid.TakeAsync(worker, model) is { } lease) return lease;
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
