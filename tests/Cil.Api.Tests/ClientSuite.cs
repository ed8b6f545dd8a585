using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Media.Images;

namespace Cil.Api.Tests;

/// <summary>What every client of a grid does, whichever way it takes.</summary>
public abstract class ClientSuite
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    protected abstract ICilClient Client { get; }

    [Fact]
    public async Task Submit_EndsInAVideoAPosterAndAPreview()
    {
        JobSnapshot job = await Client.SubmitAsync(Request, Picture());

        JobSnapshot end = await EndAsync(job.Id);

        Assert.Equal((JobState.Completed, 5ul, "a thing", "tiny"), (end.State, end.Seed, end.Prompt, end.Model));
        Assert.Equal("ftyp"u8.ToArray(), (await Client.DownloadAsync(end.VideoBlob!))[4..8]);
        Assert.Equal("PNG"u8.ToArray(), (await Client.DownloadAsync(end.PosterBlob!))[1..4]);
        Assert.Equal("PNG"u8.ToArray(), (await Client.DownloadAsync(end.PreviewBlob!))[1..4]);
        Assert.Equal((end.State, end.FinishedAt), await Client.GetAsync(job.Id) is { } again ? (again.State, again.FinishedAt) : default);
    }

    [Fact]
    public async Task Submit_WithTheSameId_IsTheSameJob()
    {
        var id = RenderJobId.New();
        JobSnapshot first = await Client.SubmitAsync(Request with { Seed = null }, Picture(), id);

        JobSnapshot second = await Client.SubmitAsync(Request with { Seed = null }, Picture(), id);

        Assert.Equal((first.Seed, first.CreatedAt), (second.Seed, second.CreatedAt));
    }

    [Fact]
    public async Task Submit_WithFaults_ListsThemAllWithTheirFields()
    {
        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => Client.SubmitAsync(Request with { Frames = 0, Steps = 0, Container = "avi", Width = 33 }, Picture()));

        Assert.Equal(["container", "frames", "steps", "width"], error.Faults.Select(fault => fault.Field).Order());
    }

    [Fact]
    public async Task EveryCall_OfAJobThatIsNotThere_SaysSo()
    {
        var id = RenderJobId.New();

        Assert.Null(await Client.GetAsync(id));
        Assert.Null(await Client.PauseAsync(id));
        Assert.Null(await Client.UnpauseAsync(id));
        Assert.Null(await Client.RetryAsync(id));
        Assert.Null(await Client.WhyAsync(id));
        Assert.False(await Client.DeleteAsync(id));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Client.DownloadAsync($"jobs/{id}/video.mp4"));
        await foreach (JobSnapshot snapshot in Client.WatchAsync(id, Timeout())) Assert.Fail($"{snapshot}");
    }

    [Fact]
    public async Task Cancel_StopsAJob_AndBeforeItIsKnownHoldsWhenItComes()
    {
        JobSnapshot job = await Client.SubmitAsync(Request with { Steps = 200 }, Picture());
        var early = RenderJobId.New();

        await Client.CancelAsync(job.Id);
        await Client.CancelAsync(early);

        Assert.Equal(JobState.Cancelled, (await EndAsync(job.Id)).State);
        Assert.Equal(JobState.Cancelled, (await Client.SubmitAsync(Request, Picture(), early)).State);
        // It is over: nothing else is done to it.
        Func<RenderJobId, CancellationToken, Task<JobSnapshot?>>[] actions =
            [Client.PauseAsync, Client.UnpauseAsync, Client.RetryAsync, Client.ApproveAsync, Client.RejectAsync];
        foreach (Func<RenderJobId, CancellationToken, Task<JobSnapshot?>> act in actions)
        {
            Assert.Equal(JobState.Cancelled, (await act(job.Id, Timeout()))!.State);
        }

        Assert.Equal(0, (await Client.SetPriorityAsync(job.Id, 4))!.Priority);
    }

    [Fact]
    public async Task Pause_HoldsAJobUntilItIsUnpaused()
    {
        JobSnapshot job = await Client.SubmitAsync(Request with { Steps = 40 }, Picture());

        JobSnapshot? paused = await Client.PauseAsync(job.Id), again = await Client.UnpauseAsync(job.Id);

        Assert.Equal(JobState.Paused, paused!.State);
        Assert.NotEqual(JobState.Paused, again!.State);
        Assert.Equal(JobState.Completed, (await EndAsync(job.Id)).State);
    }

    [Fact]
    public async Task SetPriority_HoldsWhileAJobWaits()
    {
        JobSnapshot job = await Client.SubmitAsync(Request with { Tenant = "priority" }, Picture());
        _ = await Client.PauseAsync(job.Id);

        Assert.Equal(4, (await Client.SetPriorityAsync(job.Id, 4))!.Priority);
        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(() => Client.SetPriorityAsync(job.Id, -101));
        Assert.Equal("priority", Assert.Single(refused.Faults).Field);
        Assert.Null(await Client.SetPriorityAsync(RenderJobId.New(), 4));
    }

    [Fact]
    public async Task List_GoesThroughATenantsJobsPageByPage()
    {
        string tenant = $"t{Guid.NewGuid():N}";
        var ids = new List<RenderJobId>();
        for (int i = 0; i < 3; i++) ids.Add((await Client.SubmitAsync(Request with { Tenant = tenant, Steps = 1 }, Picture())).Id);
        var query = new JobQuery { Tenant = tenant, Limit = 2, OldestFirst = true };

        IReadOnlyList<JobSnapshot> first = await Client.ListAsync(query),
            rest = await Client.ListAsync(query with { After = first[^1].Id });

        Assert.Equal(ids, [.. first.Concat(rest).Select(job => job.Id)]);
        Assert.Equal(
            ids.AsEnumerable().Reverse(), (await Client.ListAsync(query with { Limit = 3, OldestFirst = false })).Select(job => job.Id));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.ListAsync(query with { Limit = 0 }));
    }

    [Fact]
    public async Task Delete_RemovesAFinishedJob()
    {
        JobSnapshot end = await EndAsync((await Client.SubmitAsync(Request, Picture())).Id);

        Assert.True(await Client.DeleteAsync(end.Id));

        Assert.Null(await Client.GetAsync(end.Id));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Client.DownloadAsync(end.VideoBlob!));
    }

    [Fact]
    public async Task Download_IsWrittenPieceByPieceWithItsProgress()
    {
        JobSnapshot end = await EndAsync((await Client.SubmitAsync(Request, Picture())).Id);
        var seen = new List<TransferProgress>();
        using var file = new MemoryStream();

        await Client.DownloadAsync(end.VideoBlob!, file, new Seen(seen));

        Assert.Equal(await Client.DownloadAsync(end.VideoBlob!), file.ToArray());
        Assert.Equal(new TransferProgress(file.Length, file.Length), seen[^1]);
    }

    [Fact]
    public async Task Batch_IsSubmittedWatchedCancelledAndDeleted()
    {
        var request = new BatchRequest { Request = Request with { Seed = null }, Seeds = [3, 4] };
        BatchReceipt receipt = await Client.SubmitBatchAsync(request, [Upload.Of(Picture())]);
        BatchSnapshot? end = null;
        await foreach (BatchSnapshot snapshot in Client.WatchBatchAsync(receipt.Batch.Id, Timeout())) end = snapshot;

        Assert.True(receipt.IsNew);
        Assert.Equal((JobState.Completed, 2), (end!.State, end.Completed));
        Assert.Equal([3ul, 4ul], end.Members.Select(member => member.Snapshot!.Seed));
        Assert.NotEqual(
            await Client.DownloadAsync(end.Members[0].Snapshot!.VideoBlob!),
            await Client.DownloadAsync(end.Members[1].Snapshot!.VideoBlob!));
        BatchSummary listed = Assert.Single(
            await Client.ListBatchesAsync(new JobQuery { Limit = 100 }), batch => batch.Id == receipt.Batch.Id);
        Assert.Equal(
            (end!.State, 2, 2, end.Steps, "a thing", "tiny"),
            (listed.State, listed.Completed, listed.Videos, listed.Steps, listed.Prompt, listed.Model));
        Assert.Empty(await Client.ListBatchesAsync(new JobQuery { Tenant = "nobody" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.ListBatchesAsync(new JobQuery { Limit = 101 }));
        Assert.Equal(JobState.Completed, (await Client.CancelBatchAsync(end.Id))!.State);
        Assert.True(await Client.DeleteBatchAsync(end.Id));
        Assert.Null(await Client.GetBatchAsync(end.Id));
        Assert.DoesNotContain(await Client.ListBatchesAsync(new JobQuery { Limit = 100 }), batch => batch.Id == end.Id);
        Assert.Null(await Client.CancelBatchAsync(end.Id));
        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => Client.SubmitBatchAsync(request with { Count = 2, Request = Request with { Steps = 0 } }, [Upload.Of(Picture())]));
        Assert.Equal(["count", "steps"], error.Errors.Select(fault => fault.Field).Order());
    }

    [Fact]
    public async Task Draft_IsFetchedAndApproved()
    {
        JobSnapshot job = await Client.SubmitAsync(Request with { Approval = true, DraftSteps = 1 }, Picture());
        JobSnapshot? waiting = null;
        await foreach (JobSnapshot snapshot in Client.WatchAsync(job.Id, Timeout()))
        {
            waiting = snapshot;
            if (snapshot.State == JobState.AwaitingApproval) break;
        }

        Assert.Equal("ftyp"u8.ToArray(), (await Client.DownloadAsync(waiting!.DraftBlob!))[4..8]);
        Assert.NotNull(waiting.ApproveBy);
        Assert.NotEqual(JobState.AwaitingApproval, (await Client.ApproveAsync(job.Id))!.State);
        JobSnapshot end = await EndAsync(job.Id);
        Assert.Equal((JobState.Completed, 4), (end.State, end.Steps));
        Assert.NotEqual(await Client.DownloadAsync(end.DraftBlob!), await Client.DownloadAsync(end.VideoBlob!));
        Assert.Equal(JobState.Completed, (await Client.RejectAsync(job.Id))!.State);
    }

    [Fact]
    public async Task Job_AfterAnotherInAPausedModelsQueue_RunsWhenBothMay()
    {
        await Client.PauseModelAsync("tiny");
        JobSnapshot first = await Client.SubmitAsync(Request, Picture()), second = await Client.SubmitAsync(
            Request with { After = first.Id.Value }, Picture());
        Assert.Equal(["tiny"], (await Client.QueueAsync()).PausedModels);
        Assert.Equal(7, (await Client.SetPriorityAsync(first.Id, 7))!.Priority);
        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(() => Client.SetPriorityAsync(first.Id, 101));
        Assert.Equal("priority", Assert.Single(error.Errors).Field);

        await Client.UnpauseModelAsync("tiny");

        Assert.Equal(JobState.Completed, (await EndAsync(second.Id)).State);
        Assert.Equal(
            (first.Id.Value, JobState.Completed), ((await Client.GetAsync(second.Id))!.After, (await Client.GetAsync(first.Id))!.State));
    }

    [Fact]
    public async Task Queue_IsPausedAndUnpausedByTenant()
    {
        string tenant = $"t{Guid.NewGuid():N}";
        await Client.PauseQueueAsync(tenant);
        await Client.UnpauseQueueAsync(tenant);

        QueueStatus queue = await Client.QueueAsync();

        Assert.False(queue.IsPaused);
    }

    private sealed class Seen(List<TransferProgress> seen) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => seen.Add(value);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 4, Seed = 5 };

    private static byte[] Picture()
    {
        byte[] rgb = new byte[40 * 36 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 5);
        return PngWriter.Write(rgb, 40, 36);
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(TimeLimit).Token;

    private async Task<JobSnapshot> EndAsync(RenderJobId id)
    {
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in Client.WatchAsync(id, Timeout())) last = snapshot;
        return last!;
    }
}
