using Cil.Client.Jobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;

namespace Cil.Grains.Tests.Jobs;

/// <summary>What a farm's operators set: priorities, paused models, jobs after jobs, retention, budgets.</summary>
public sealed class FarmPolicyTests : IAsyncLifetime
{
    private const string Model = "farm";
    private static readonly byte[] Image = [1];

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Priority_ChangedWhileAJobWaits_CountsAtOnceAndAfterARestart()
    {
        RenderJobId first = await grid.SubmitAsync(Model), second = await grid.SubmitAsync(Model);

        JobSnapshot? raised = await grid.Client.SetPriorityAsync(second, 5);

        Assert.Equal((5, 0), (raised!.Priority, raised.QueuePosition));
        Assert.Equal(1, (await grid.Client.GetAsync(first))!.QueuePosition);
        await grid.RestartAsync();
        Assert.Equal(5, (await grid.Client.GetAsync(second))!.Priority);
        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(() => grid.Client.SetPriorityAsync(second, 101));
        Assert.Equal(("priority", "-100 to 100, got 101"), (error.Errors[0].Field, error.Errors[0].Message));
        Assert.Null(await grid.Client.SetPriorityAsync(new RenderJobId("nobody"), 1));
    }

    [Fact]
    public async Task Submission_AfterItsPriorityWasChanged_IsTheSameJob()
    {
        var id = new RenderJobId("raised");
        _ = await grid.Client.SubmitAsync(Request, Image, id);
        _ = await grid.Client.SetPriorityAsync(id, 7);

        JobSnapshot again = await grid.Client.SubmitAsync(Request, Image, id);

        Assert.Equal(7, again.Priority);
    }

    [Fact]
    public async Task Model_ThatIsPaused_IsNotHandedOut_AlsoAfterARestart()
    {
        RenderJobId job = await grid.SubmitAsync(Model);
        await grid.Client.PauseModelAsync(Model);

        Assert.Null(await grid.TakeAsync("a/0", Model));
        await grid.RestartAsync();
        await grid.Job(job).ResumeAsync();
        Assert.Null(await grid.TakeAsync("a/0", Model));
        Assert.Equal($"Model {Model} is paused: nothing of it is handed out.", await grid.Client.WhyAsync(job));
        Assert.Equal([Model], (await grid.Client.QueueAsync()).PausedModels);

        await grid.Client.UnpauseModelAsync(Model);

        Assert.Equal(job, (await grid.TakeAsync("a/0", Model))!.Job);
        Assert.Empty((await grid.Client.QueueAsync()).PausedModels);
    }

    [Fact]
    public async Task Job_AfterAnother_BeginsWhenThatIsCompleted_AlsoAfterARestart()
    {
        RenderJobId first = await grid.SubmitAsync(Model);
        JobSnapshot second = await grid.Client.SubmitAsync(Request with { Model = "later", After = first.Value }, Image);
        await grid.RestartAsync();
        _ = await grid.Job(second.Id).ResumeAsync();

        Assert.Null(await grid.TakeAsync("a/0", "later"));
        Assert.Equal($"It begins when {first} is completed.", await grid.Client.WhyAsync(second.Id));
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(first, Model)).State);

        Assert.Equal(JobState.Completed, (await grid.FinishAsync(second.Id, "later")).State);
    }

    [Fact]
    public async Task Job_AfterOneThatIsCancelled_FailsAndSaysSo()
    {
        RenderJobId first = await grid.SubmitAsync(Model);
        JobSnapshot second = await grid.Client.SubmitAsync(Request with { After = first.Value }, Image);
        await grid.Client.CancelAsync(first);

        JobSnapshot end = await grid.FinishAsync(second.Id, "none");

        Assert.Equal((JobState.Failed, JobError.DependencyFailed), (end.State, end.Error!.Code));
        Assert.Equal($"it begins after job {first}, which is cancelled", end.Error.Message);
    }

    [Fact]
    public async Task Job_AfterOneOfAnotherTenantOrOfNobody_IsRefused()
    {
        RenderJobId other = (await grid.Client.SubmitAsync(Request with { Tenant = "other" }, Image)).Id;

        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request with { After = $"{other},nobody" }, Image));
        RequestRefusedException none = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request with { After = "a b" }, Image));
        RequestRefusedException itself = await Assert.ThrowsAsync<RequestRefusedException>(
            () => grid.Client.SubmitAsync(Request with { After = "itself" }, Image, new RenderJobId("itself")));
        Assert.Equal(new RequestError("after", "a job that is there; there is no itself"), Assert.Single(itself.Errors));

        Assert.Equal(("after", $"a job that is there; there is no {other}, nobody"), (error.Errors[0].Field, error.Errors[0].Message));
        Assert.Equal("after", Assert.Single(none.Errors).Field);
    }

    [Fact]
    public async Task FinishedJob_IsKeptForItsTenantsTime_AndElseForThirtyDays()
    {
        _ = await grid.Client.SetQuotaAsync("brief", new TenantQuota { Keep = TimeSpan.FromHours(1) });
        RenderJobId brief = (
            await grid.Client.SubmitAsync(
                Request with { Tenant = "brief" }, Image)).Id, usual = (await grid.Client.SubmitAsync(Request, Image)).Id;
        JobSnapshot first = await grid.FinishAsync(brief, Model), second = await grid.FinishAsync(usual, Model);

        Assert.Equal(
            (TimeSpan.FromHours(1), TimeSpan.FromDays(30)), (first.ExpiresAt - first.FinishedAt, second.ExpiresAt - second.FinishedAt));
        await UntilGoneAsync(brief, TimeSpan.FromHours(2));
        Assert.NotNull(await grid.Client.GetAsync(usual));
        await UntilGoneAsync(usual, TimeSpan.FromDays(31));
    }

    [Fact]
    public async Task Budget_OfAMonthOrUntilADate_RefusesWhatComesAfter()
    {
        _ = await grid.Client.SetQuotaAsync("monthly", new TenantQuota { DeviceSecondsPerMonth = 1 });
        RenderRequest request = Request with { Tenant = "monthly" };
        RenderJobId job = (await grid.Client.SubmitAsync(request, Image)).Id;
        ChunkLease.Render lease = (await grid.TakeAsync("a/0", Model))!;
        grid.Clock.Advance(TimeSpan.FromSeconds(1.5));
        await grid.ReportAsync(lease, await grid.StoreAsync(lease));
        CancellationToken timeout = TestGrid.Timeout();
        while ((await grid.Client.TenantAsync("monthly", timeout)).DeviceSecondsThisMonth < 1) timeout.ThrowIfCancellationRequested();

        QueueFullException used = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitAsync(request, Image));
        grid.Clock.Advance(used.RetryAfter);
        _ = await grid.Client.SubmitAsync(request, Image);
        _ = await grid.Client.SetQuotaAsync("monthly", new TenantQuota { Until = grid.Clock.GetUtcNow() });
        QueueFullException over = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitAsync(request, Image));

        Assert.StartsWith("monthly has used 2 of 1 s of devices this month", used.Message, StringComparison.Ordinal);
        Assert.StartsWith("jobs of monthly are accepted until 2026-02-01", over.Message, StringComparison.Ordinal);
        Assert.NotNull(await grid.Client.GetAsync(job));
    }

    private static RenderRequest Request => Sample.Request with { Model = Model };

    private async Task UntilGoneAsync(RenderJobId id, TimeSpan passed)
    {
        grid.Clock.Advance(passed);
        CancellationToken timeout = TestGrid.Timeout();
        while (await grid.Client.GetAsync(id, timeout) is not null)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }
    }
}
