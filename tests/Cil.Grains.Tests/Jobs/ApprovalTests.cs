using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>A draft of few steps is made first; the video only when the draft is approved.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private const string Model = "approved";

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Job_StandsAtItsDraftWithoutWork_AndIsMadeWhenItIsApproved_AlsoAfterARestart()
    {
        JobSnapshot waiting = await DraftAsync(steps: 2);
        await grid.RestartAsync();

        Assert.Equal((2, 2), (waiting.Step, waiting.Steps));
        Assert.NotNull(waiting.DraftBlob);
        Assert.Null(waiting.VideoBlob);
        Assert.Equal($"Its draft waits to be approved, until {waiting.ApproveBy:u}.", await grid.Client.WhyAsync(waiting.Id));
        Assert.Empty(await grid.WorkBlobsAsync(waiting.Id));
        Assert.Null(await grid.TakeAsync("a/0", Model));
        _ = await grid.Client.ApproveAsync(waiting.Id);
        JobSnapshot end = await grid.FinishAsync(waiting.Id, Model);

        Assert.Equal((JobState.Completed, Sample.Plan.Steps), (end.State, end.Steps));
        Assert.Equal((BlobNames.Video(end.Id, "mp4"), waiting.DraftBlob), (end.VideoBlob, end.DraftBlob));
        Assert.Equal(JobState.Completed, (await grid.Client.ApproveAsync(waiting.Id))!.State);
    }

    [Fact]
    public async Task Worker_ThatReportsAChunkOfTheDraftAfterItsApproval_IsNotHeard()
    {
        JobSnapshot job = await grid.Client.SubmitAsync(Request, new byte[] { 1 });
        ChunkLease.Render draft = (await grid.TakeAsync("a/0", Model))!;
        await grid.ReportAsync(draft, await grid.StoreAsync(draft));
        _ = await UntilWaitingAsync(job.Id);
        _ = await grid.Client.ApproveAsync(job.Id);
        ChunkLease.Render full = (await grid.TakeAsync("a/0", Model))!;

        await grid.ReportAsync(draft, await grid.StoreAsync(draft));

        Assert.NotEqual(draft.OutputBlob, full.OutputBlob);
        Assert.Equal(0, (await grid.Client.GetAsync(job.Id))!.Step);
        await grid.ReportAsync(full, await grid.StoreAsync(full));
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(job.Id, Model)).State);
    }

    [Fact]
    public async Task Reject_CancelsAJobWhoseDraftWaits_AndNoOther()
    {
        JobSnapshot waiting = await DraftAsync(steps: 2);
        RenderJobId other = await grid.SubmitAsync("other");

        JobSnapshot? end = await grid.Client.RejectAsync(waiting.Id), untouched = await grid.Client.RejectAsync(other);

        Assert.Equal((JobState.Cancelled, JobError.Rejected, null), (end!.State, end.Error!.Code, end.ApproveBy));
        Assert.Equal(JobState.Queued, untouched!.State);
        Assert.Null(await grid.Client.RejectAsync(new RenderJobId("nobody")));
    }

    [Fact]
    public async Task Draft_ThatNobodyApproves_ExpiresAfterADay_AndCanBeTriedAgain()
    {
        JobSnapshot waiting = await DraftAsync(steps: 2);

        grid.Clock.Advance(TimeSpan.FromDays(1));
        CancellationToken timeout = TestGrid.Timeout();
        JobSnapshot? end;
        while ((end = await grid.Client.GetAsync(waiting.Id, timeout))?.IsFinished != true)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }

        Assert.Equal((JobState.Failed, JobError.ApprovalExpired), (end.State, end.Error!.Code));
        Assert.Equal(JobState.AwaitingApproval, (await grid.Client.RetryAsync(waiting.Id))!.State);
        _ = await grid.Client.ApproveAsync(waiting.Id);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(waiting.Id, Model)).State);
    }

    [Fact]
    public async Task Request_WithDraftStepsThatMeanNothing_IsRefused()
    {
        foreach (RenderRequest request in new[] { Request with { Approval = false, DraftSteps = 2 }, Request with { DraftSteps = 0 } })
        {
            RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(
                () => grid.Client.SubmitAsync(request, new byte[] { 1 }));
            Assert.Equal("draftSteps", Assert.Single(error.Errors).Field);
        }
    }

    private static RenderRequest Request => Sample.Request with { Model = Model, Approval = true };

    private async Task<JobSnapshot> DraftAsync(int steps)
    {
        JobSnapshot job = await grid.Client.SubmitAsync(Request with { DraftSteps = steps }, new byte[] { 1 });
        return await UntilWaitingAsync(job.Id);
    }

    private async Task<JobSnapshot> UntilWaitingAsync(RenderJobId id)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (true)
        {
            await grid.RenderAllAsync("a/0", Model);
            if (await grid.Client.GetAsync(id, timeout) is { State: JobState.AwaitingApproval } waiting) return waiting;
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }
    }
}
