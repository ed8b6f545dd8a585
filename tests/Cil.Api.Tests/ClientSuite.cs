using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Media.Images;

namespace Cil.Api.Tests;

/// <summary>What every client of a grid does, whichever way it takes.</summary>
public abstract class ClientSuite
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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
        var error = await Assert.ThrowsAsync<RequestRefusedException>(
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
    public async Task List_GoesThroughATenantsJobsPageByPage()
    {
        string tenant = $"t{Guid.NewGuid():N}";
        var ids = new List<RenderJobId>();
        for (int i = 0; i < 3; i++) ids.Add((await Client.SubmitAsync(Request with { Tenant = tenant, Steps = 1 }, Picture())).Id);
        var query = new JobQuery { Tenant = tenant, Limit = 2, OldestFirst = true };

        IReadOnlyList<JobSnapshot> first = await Client.ListAsync(query), rest = await Client.ListAsync(query with { After = first[^1].Id });

        Assert.Equal(ids, [.. first.Concat(rest).Select(job => job.Id)]);
        Assert.Equal(ids.AsEnumerable().Reverse(), (await Client.ListAsync(query with { Limit = 3, OldestFirst = false })).Select(job => job.Id));
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
    public async Task Queue_IsPausedAndUnpausedByTenant()
    {
        string tenant = $"t{Guid.NewGuid():N}";
        await Client.PauseQueueAsync(tenant);
        await Client.UnpauseQueueAsync(tenant);

        QueueStatus queue = await Client.QueueAsync();

        Assert.False(queue.IsPaused);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 4, Seed = 5 };

    private static byte[] Picture()
    {
        var rgb = new byte[40 * 36 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 5);
        return PngWriter.Write(rgb, 40, 36);
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(Patience).Token;

    private async Task<JobSnapshot> EndAsync(RenderJobId id)
    {
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in Client.WatchAsync(id, Timeout())) last = snapshot;
        return last!;
    }
}
