using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>Pausing, retrying, deleting, listing and expiring. The test plays the workers.</summary>
public sealed class JobControlTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Pause_LetsTheChunkAssignedEndAndBeginsNothingMore()
    {
        RenderJobId id = await grid.SubmitAsync("paused");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "paused"))!;

        Assert.Equal(JobState.Paused, (await grid.Client.PauseAsync(id))!.State);
        Assert.Equal(HeartbeatAnswer.GoOn, await grid.Job(id).HeartbeatAsync(first.Chunk.Index, first.Epoch, 1));
        await grid.ReportAsync(first, await grid.StoreAsync(first));

        Assert.Null(await grid.TakeAsync("a/0", "paused"));
        Assert.Equal(
            (JobState.Paused, first.Chunk.Count), ((await grid.Client.GetAsync(id))!.State, (await grid.Client.GetAsync(id))!.Step));
    }

    [Fact]
    public async Task Unpause_GoesOnWhereItStopped()
    {
        RenderJobId id = await grid.SubmitAsync("unpaused");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "unpaused"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        _ = await grid.Client.PauseAsync(id);

        Assert.Equal(JobState.Running, (await grid.Client.UnpauseAsync(id))!.State);
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "unpaused"))!;

        Assert.Equal((first.Chunk.Index + 1, first.OutputBlob), (second.Chunk.Index, Assert.Single(second.SourceBlobs)));
    }

    [Fact]
    public async Task Retry_OfAFailedJob_GoesOnFromItsLastCheckpoint()
    {
        RenderJobId id = await grid.SubmitAsync("retried");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "retried"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        await FailAsync("retried", new JobError(JobError.RenderFailed, "the device is broken", Retryable: false));
        Assert.Equal(JobState.Failed, (await grid.Client.GetAsync(id))!.State);

        JobSnapshot again = (await grid.Client.RetryAsync(id))!;
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "retried"))!;

        Assert.Equal((JobState.Running, null, 0), (again.State, again.Error, again.Failures));
        Assert.Equal((first.Chunk.Index + 1, first.OutputBlob), (second.Chunk.Index, Assert.Single(second.SourceBlobs)));
        await grid.ReportAsync(second, await grid.StoreAsync(second));
        await grid.RenderAllAsync("a/0", "retried");
        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);
    }

    [Fact]
    public async Task Retry_OfAJobThatHasNotFailed_ChangesNothing()
    {
        RenderJobId id = await grid.SubmitAsync("sound");
        await grid.Client.CancelAsync(id);

        Assert.Equal(JobState.Cancelled, (await grid.Client.RetryAsync(id))!.State);
        Assert.Null(await grid.Client.RetryAsync(new RenderJobId("nobody")));
    }

    [Fact]
    public async Task Delete_OfARunningJob_RemovesEveryBlobOfItAndWhatComesLate()
    {
        RenderJobId id = await grid.SubmitAsync("deleted");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "deleted"))!;

        Assert.True(await grid.Client.DeleteAsync(id));
        await grid.ReportAsync(lease, await grid.StoreAsync(lease));

        Assert.Null(await grid.Client.GetAsync(id));
        Assert.DoesNotContain(await grid.AllBlobsAsync(), name => name.Contains(id.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(await grid.Client.ListAsync(new JobQuery { Limit = 1000 }), job => job.Id == id);
        Assert.False(await grid.Client.DeleteAsync(id));
    }

    [Fact]
    public async Task Delete_WhileTheVideoIsEncoded_LeavesNoVideo()
    {
        grid.Encoder.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RenderJobId id = await grid.SubmitAsync("encoded");
        await grid.RenderAllAsync("a/0", "encoded");
        await grid.Encoder.Begun.Task.WaitAsync(TestGrid.Timeout());

        _ = await grid.Client.DeleteAsync(id);
        grid.Encoder.Gate.SetResult();
        await grid.Blobs.DeletedAsync(BlobNames.Provenance(id));

        Assert.DoesNotContain(await grid.AllBlobsAsync(), name => name.Contains(id.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_GivesJobsByAgeInPagesAndOfOneTenant()
    {
        var ids = new List<RenderJobId>();
        foreach (string tenant in (string[])["studio", "other", "studio", "studio"])
        {
            grid.Clock.Advance(TimeSpan.FromMilliseconds(10));
            ids.Add((await grid.Client.SubmitAsync(Sample.Request with { Model = "listed", Tenant = tenant }, new byte[] { 1 })).Id);
        }

        IReadOnlyList<JobSnapshot> newest = await grid.Client.ListAsync(new JobQuery { Limit = 2 });
        IReadOnlyList<JobSnapshot> next = await grid.Client.ListAsync(new JobQuery { Limit = 2, After = newest[^1].Id });
        IReadOnlyList<JobSnapshot> studio = await grid.Client.ListAsync(
            new JobQuery { Tenant = "studio", OldestFirst = true, Limit = 1000 });

        Assert.Equal([ids[3], ids[2]], newest.Select(job => job.Id));
        Assert.Equal([ids[1], ids[0]], next.Select(job => job.Id));
        Assert.Equal([ids[0], ids[2], ids[3]], studio.Select(job => job.Id));
        Assert.All(studio, job => Assert.Equal("studio", job.Tenant));
        await Assert.ThrowsAsync<ArgumentException>(() => grid.Client.ListAsync(new JobQuery { Limit = 0 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_AfterAJobThatIsDeletedMeanwhile_GoesOnAtItsPlace(bool oldestFirst)
    {
        var ids = new List<RenderJobId>();
        for (int i = 0; i < 5; i++)
        {
            grid.Clock.Advance(TimeSpan.FromMilliseconds(10));
            ids.Add(await grid.SubmitAsync("paged"));
        }

        if (!oldestFirst) ids.Reverse();
        var query = new JobQuery { Limit = 2, OldestFirst = oldestFirst };
        IReadOnlyList<JobSnapshot> first = await grid.Client.ListAsync(query);
        foreach (JobSnapshot job in first) _ = await grid.Client.DeleteAsync(job.Id);

        IReadOnlyList<JobSnapshot> next = await grid.Client.ListAsync(query with { From = JobCursor.Of(first[^1]) });

        Assert.Equal(ids[2..4], next.Select(job => job.Id));
        Assert.Equal([ids[4]], (await grid.Client.ListAsync(query with { From = JobCursor.Of(next[^1]) })).Select(job => job.Id));
        // The id of a job that is gone has no place any more, and that is said.
        ArgumentException gone = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => grid.Client.ListAsync(query with { After = first[^1].Id }));
        Assert.Contains(first[^1].Id.Value, gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfAPageWithAJobThatIsGone_IsFullAllTheSame()
    {
        var ids = new List<RenderJobId>();
        for (int i = 0; i < 3; i++)
        {
            grid.Clock.Advance(TimeSpan.FromMilliseconds(10));
            ids.Add(await grid.SubmitAsync("gone"));
        }

        await grid.RestartAsync(folder => File.Delete(Path.Combine(folder, "state", "job", $"{ids[0]}.json")));

        Assert.Equal(ids[1..3], (await grid.Client.ListAsync(new JobQuery { Limit = 2, OldestFirst = true })).Select(job => job.Id));
    }

    [Fact]
    public async Task Job_ThatIsNotDoneByItsDeadline_Fails()
    {
        RenderJobId id = (await grid.Client.SubmitAsync(
            Sample.Request with { Model = "late", Deadline = Sample.Noon.AddMinutes(1) }, new byte[] { 1 })).Id;
        _ = await grid.TakeAsync("a/0", "late");

        grid.Clock.Advance(TimeSpan.FromMinutes(1));
        JobSnapshot end = await grid.EndAsync(id);

        Assert.Equal((JobState.Failed, JobError.DeadlineExceeded), (end.State, end.Error!.Code));
        Assert.Null((await grid.Client.RetryAsync(id))!.Deadline);
    }

    [Fact]
    public async Task Chunk_ThatFindsNoMemoryTwice_EndsTheJob()
    {
        RenderJobId id = await grid.SubmitAsync("large");

        foreach (string worker in (string[])["a/0", "b/0"])
        {
            ChunkLease.Render lease = (await grid.TakeAsync(worker, "large"))!;
            await grid.ReportAsync(lease, new ChunkResult.Failed(new JobError(JobError.OutOfMemory, $"{worker} is full", Retryable: true)));
        }

        JobSnapshot end = (await grid.Client.GetAsync(id))!;
        Assert.Equal((JobState.Failed, JobError.OutOfMemory, "b/0 is full"), (end.State, end.Error!.Code, end.Error.Message));
    }

    [Fact]
    public async Task Checkpoint_ThatIsCorrupt_IsMadeAgainFromTheOneBefore()
    {
        RenderJobId id = await grid.SubmitAsync("torn");
        ChunkLease.Render first = (await grid.TakeAsync("a/0", "torn"))!;
        await grid.ReportAsync(first, await grid.StoreAsync(first));
        ChunkLease.Render second = (await grid.TakeAsync("a/0", "torn"))!;

        await grid.ReportAsync(second, new ChunkResult.Corrupt(first.OutputBlob));
        ChunkLease.Render again = (await grid.TakeAsync("a/0", "torn"))!;

        Assert.Equal((first.Chunk.Index, first.Epoch + 1), (again.Chunk.Index, again.Epoch));
        Assert.Equal((JobState.Running, 0), ((await grid.Client.GetAsync(id))!.State, (await grid.Client.GetAsync(id))!.Step));
    }

    [Fact]
    public async Task Frames_ThatAreLostBeforeTheyAreJoined_AreDecodedAgain()
    {
        RenderJobId id = await grid.SubmitAsync("joined");
        var frames = new List<ChunkLease.Render>();
        while (await grid.TakeAsync("a/0", "joined") is { } lease)
        {
            ChunkResult result = await grid.StoreAsync(lease);
            if (lease.Chunk.Kind == ChunkKind.Decode && frames.Count == 0)
            {
                frames.Add(lease);
                _ = await grid.Blobs.DeleteAsync(lease.OutputBlob);
            }

            await grid.ReportAsync(lease, result);
        }

        // What the aggregator found missing is offered once more.
        _ = await grid.UntilAsync(id, snapshot => snapshot.Failures == 1);
        Task<JobSnapshot> ending = grid.EndAsync(id);
        while (!ending.IsCompleted)
        {
            // The failure is seen before the offer is made.
            await grid.RenderAllAsync("a/0", "joined");
            grid.Clock.Advance(TestGrid.Leasing.Check);
            await Task.Yield();
        }

        Assert.Equal(JobState.Completed, (await ending).State);
    }

    [Fact]
    public async Task Worker_ThatIsAliveAndComesNoFurther_LosesItsChunk()
    {
        _ = await grid.SubmitAsync("stuck");
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", "stuck"))!;
        RenderJobId id = lease.Job;

        for (TimeSpan time = TimeSpan.Zero; time < TestGrid.Leasing.Stall; time += TestGrid.Leasing.Check)
        {
            Assert.Equal(HeartbeatAnswer.GoOn, await grid.Job(id).HeartbeatAsync(lease.Chunk.Index, lease.Epoch, 0));
            grid.Clock.Advance(TestGrid.Leasing.Check);
        }

        Assert.Equal(1, (await grid.UntilAsync(id, snapshot => snapshot.Failures == 1)).Failures);
    }

    [Fact]
    public async Task Job_ThatNobodyWatchesAndNoWorkerHas_ComesBackWhenItIsItsTurn()
    {
        RenderJobId id = await grid.SubmitAsync("resting");
        for (int look = 0; look < 10; look++) grid.Clock.Advance(TestGrid.Leasing.Check);

        await grid.RenderAllAsync("a/0", "resting");

        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);
    }

    [Fact]
    public async Task WatchedJob_ThatMustBeReadAnew_DoesNotWaitForItsWatcher()
    {
        RenderJobId id = await grid.SubmitAsync("watched");
        IAsyncEnumerator<JobSnapshot> snapshots = grid.Client.WatchAsync(id, TestGrid.Timeout()).GetAsyncEnumerator();
        _ = await snapshots.MoveNextAsync();
        Task<bool> next = snapshots.MoveNextAsync().AsTask();
        // After a write that failed the job leaves memory.
        grid.Blobs.Fault = new IOException("storage is out");
        _ = await Assert.ThrowsAnyAsync<Exception>(() => grid.Client.PauseAsync(id));
        grid.Blobs.Fault = null;

        // The wait of one that hears nothing would take 15 s to end by itself.
        Task limit = Task.Delay(TimeSpan.FromSeconds(10));
        Task<JobSnapshot?> pausing = grid.Client.PauseAsync(id);
        Task both = Task.WhenAll(pausing, next);
        while (!limit.IsCompleted && await Task.WhenAny(both, Task.Delay(50)) != both) grid.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(both.IsCompleted);
        Assert.Equal((JobState.Paused, true, JobState.Paused), ((await pausing)!.State, await next, snapshots.Current.State));
        await snapshots.DisposeAsync();
    }

    private async Task FailAsync(string model, JobError error)
    {
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", model))!;
        await grid.ReportAsync(lease, new ChunkResult.Failed(error));
    }
}
