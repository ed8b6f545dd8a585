using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>What is refused leaves nothing in storage, however often it is sent.</summary>
public sealed class RefusedSubmissionTests : IAsyncLifetime
{
    private static readonly byte[] Image = [1, 2, 3], Other = [4, 5, 6], Statistics = [7];

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Submission_ThatTheQueueHasNoRoomFor_LeavesNoBlob()
    {
        grid.Waiting.MaxWaiting = 0;

        _ = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitAsync(Request, Image, statistics: Statistics));

        Assert.Empty(await grid.AllBlobsAsync());
    }

    [Fact]
    public async Task Submission_WithFaults_LeavesNoBlob()
    {
        _ = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request with { Steps = 0 }, Image, statistics: Statistics));

        Assert.Empty(await grid.AllBlobsAsync());
    }

    [Fact]
    public async Task Submission_ThatIsRefusedAndSentAgain_IsAcceptedWithItsImage()
    {
        var id = RenderJobId.New();
        grid.Waiting.MaxWaiting = 0;
        _ = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitAsync(Request, Image, id));
        grid.Waiting.MaxWaiting = 10;

        _ = await grid.Client.SubmitAsync(Request, Image, id);

        Assert.Equal([InputNames.Image(id, Image)], await OfAsync(id));
    }

    [Fact]
    public async Task Submission_ThatCouldNotBeStoredAndIsSentAgain_IsListedOnce_AndItsFirstEntryGoes()
    {
        var id = RenderJobId.New();
        grid.Blobs.Refused = name => name == $"state/job/{id}.json";
        _ = await Assert.ThrowsAnyAsync<Exception>(() => grid.Client.SubmitAsync(Request, Image, id));
        grid.Blobs.Refused = null;
        string first = Assert.Single(await IndexAsync());
        grid.Clock.Advance(TimeSpan.FromSeconds(5));
        JobSnapshot job = await grid.Client.SubmitAsync(Request, Image, id);
        Assert.Equal(2, (await IndexAsync()).Count);
        await grid.RestartAsync();

        JobSnapshot listed = Assert.Single(await grid.Client.ListAsync(new JobQuery { Limit = 1 }));
        Assert.Equal(job.CreatedAt, listed.CreatedAt);
        Assert.Empty(await grid.Client.ListAsync(new JobQuery { Limit = 1, From = JobCursor.Of(listed) }));

        grid.Clock.Advance(TimeSpan.FromDays(31));
        CancellationToken timeout = TestGrid.Timeout();
        while ((await IndexAsync()).Count > 1)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }

        Assert.NotEqual(first, Assert.Single(await IndexAsync()));
        Assert.NotNull(await grid.Client.GetAsync(id));
    }

    [Fact]
    public async Task Submission_OfARepeatedIdWithOtherMedia_LeavesTheFirstOnesOnly()
    {
        var id = RenderJobId.New();
        _ = await grid.Client.SubmitAsync(Request, Image, id);

        _ = await Assert.ThrowsAsync<RequestMismatchException>(() => grid.Client.SubmitAsync(Request, Other, id, Statistics));

        Assert.Equal([InputNames.Image(id, Image)], await OfAsync(id));
    }

    [Fact]
    public async Task Submission_OfAnIdThatWasCancelledBefore_LeavesNoUpload()
    {
        var id = RenderJobId.New();
        await grid.Client.CancelAsync(id);

        Assert.Equal(JobState.Cancelled, (await grid.Client.SubmitAsync(Request, Image, id)).State);

        Assert.Empty(await OfAsync(id));
    }

    [Fact]
    public async Task Submission_WhoseUploadIsGone_IsNotAccepted()
    {
        var id = RenderJobId.New();

        Submission answer = await grid.Job(id).SubmitAsync(Request with { ImageBlob = InputNames.Image(id, Image) });

        _ = Assert.IsType<Submission.Busy>(answer);
        Assert.Null(await grid.Client.GetAsync(id));
    }

    private static RenderRequest Request => Sample.Request with { Model = "refused" };

    private async Task<IReadOnlyList<string>> IndexAsync() =>
        [.. (await grid.AllBlobsAsync()).Where(name => name.StartsWith(BlobNames.IndexPrefix, StringComparison.Ordinal))];

    private async Task<List<string>> OfAsync(RenderJobId id) =>
        [.. (await grid.AllBlobsAsync()).Where(name => name.StartsWith(BlobNames.Job(id), StringComparison.Ordinal))];
}
