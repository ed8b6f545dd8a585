using Cil.Client.Jobs;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Batches;

/// <summary>Several videos of one request: one id, one progress, and jobs like any other.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    private const string Model = "batch";
    private static readonly RenderJobId Id = new("several");
    private static readonly Upload One = Upload.Of(new byte[] { 1, 2, 3 }), Other = Upload.Of(new byte[] { 4, 5, 6 });

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Batch_OfTwoPicturesAndTwoSeeds_MakesAVideoOfEach()
    {
        BatchReceipt receipt = await grid.Client.SubmitBatchAsync(Request with { Seeds = [7, 9] }, [One, Other], Id);
        BatchSnapshot submitted = await UntilAsync(batch => batch.Members.All(member => member.Snapshot is not null));

        foreach (BatchMember member in submitted.Members) _ = await grid.FinishAsync(member.Job, Model);
        BatchSnapshot end = await UntilAsync(batch => batch.IsFinished);

        Assert.True(receipt.IsNew);
        Assert.Equal((JobState.Completed, 4), (end.State, end.Completed));
        Assert.Equal([(0, 7), (0, 9), (1, 7), (1, 9)], end.Members.Select(member => (member.Image, (int)member.Seed)));
        Assert.All(end.Members, member => Assert.Equal((member.Seed, Id.Value), (member.Snapshot!.Seed, member.Snapshot.Batch)));
        Assert.Equal((end.Step, end.Steps), (end.Members.Sum(member => member.Snapshot!.Steps), end.Step));
    }

    [Fact]
    public async Task Batch_ThatComesAgain_IsTheSame_AndAnotherUnderItsIdIsRefused()
    {
        BatchSnapshot first = (await grid.Client.SubmitBatchAsync(Request with { Count = 3 }, [One], Id)).Batch;

        BatchReceipt again = await grid.Client.SubmitBatchAsync(Request with { Count = 3 }, [One], Id);
        RequestMismatchException error = await Assert.ThrowsAsync<RequestMismatchException>(
            () => grid.Client.SubmitBatchAsync(Request with { Count = 4 }, [Other], Id));

        Assert.False(again.IsNew);
        Assert.Equal(first.Members.Select(member => member.Seed), again.Batch.Members.Select(member => member.Seed));
        Assert.Contains("another image, count", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_WithFaults_ListsThemAllAndLeavesNothing()
    {
        RequestRefusedException error = await Assert.ThrowsAsync<RequestRefusedException>(() => grid.Client.SubmitBatchAsync(
            Request with { Count = 300, Seeds = [1, 1], Request = Request.Request with { Steps = 0 } }, [One], Id));

        Assert.Equal(["count", "count", "seeds", "steps"], error.Errors.Select(fault => fault.Field).Order());
        Assert.Empty(await grid.AllBlobsAsync());
    }

    [Fact]
    public async Task Batch_WithoutRoomForItsFirstJob_IsRefusedAndLeavesNothing()
    {
        grid.Waiting.MaxWaiting = 0;

        _ = await Assert.ThrowsAsync<QueueFullException>(() => grid.Client.SubmitBatchAsync(Request with { Count = 2 }, [One], Id));

        Assert.Empty(await grid.AllBlobsAsync());
        Assert.Null(await grid.Client.GetBatchAsync(Id));
    }

    [Fact]
    public async Task Jobs_ThatTheQueueHasNoRoomFor_AreSubmittedLater_AlsoAfterARestart()
    {
        grid.Waiting.MaxWaiting = 2;
        _ = await grid.Client.SubmitBatchAsync(Request with { Count = 3 }, [One], Id);
        BatchSnapshot waiting = await UntilAsync(batch => batch.Members.Count(member => member.Snapshot is not null) == 2);
        await grid.RestartAsync();
        BatchSummary listed = Assert.Single(await grid.Client.ListBatchesAsync(new JobQuery()));
        Assert.Equal((Id, Model, 3), (listed.Id, listed.Model, listed.Videos));

        foreach (BatchMember member in waiting.Members.Take(2)) _ = await grid.FinishAsync(member.Job, Model);
        await UntilPassingTimeAsync(batch => batch.Members.All(member => member.Snapshot is not null));
        _ = await grid.FinishAsync(waiting.Members[2].Job, Model);

        Assert.Equal((JobState.Completed, 3), await grid.Client.GetBatchAsync(Id) is { } end ? (end.State, end.Completed) : default);
        Assert.DoesNotContain(await grid.AllBlobsAsync(), blob => blob.StartsWith("unfinished/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancel_StopsAllJobs_AndThoseThatAreNotSubmittedNeverAre()
    {
        grid.Waiting.MaxWaiting = 1;
        _ = await grid.Client.SubmitBatchAsync(Request with { Count = 2 }, [One], Id);

        BatchSnapshot? end = await grid.Client.CancelBatchAsync(Id);

        Assert.Equal(JobState.Cancelled, end!.State);
        Assert.Equal(JobState.Cancelled, end.Members[0].Snapshot!.State);
        Assert.Null(end.Members[1].Snapshot);
    }

    [Fact]
    public async Task Failure_IsItsJobsAlone()
    {
        BatchSnapshot batch = (await grid.Client.SubmitBatchAsync(Request with { Count = 2 }, [One], Id)).Batch;
        _ = await UntilAsync(snapshot => snapshot.Members.All(member => member.Snapshot is not null));
        await grid.Client.CancelAsync(batch.Members[0].Job);

        _ = await grid.FinishAsync(batch.Members[1].Job, Model);

        BatchSnapshot end = await UntilAsync(snapshot => snapshot.IsFinished);
        Assert.Equal((JobState.Cancelled, 1), (end.State, end.Completed));
    }

    [Fact]
    public async Task Delete_RemovesTheBatchWithItsJobs_AndSoDoesTheDeletionOfItsLastJob()
    {
        BatchSnapshot batch = (await grid.Client.SubmitBatchAsync(Request with { Count = 2 }, [One], Id)).Batch;
        Assert.True(await grid.Client.DeleteBatchAsync(Id));
        Assert.False(await grid.Client.DeleteBatchAsync(Id));
        Assert.Null(await grid.Client.GetAsync(batch.Members[0].Job));

        _ = await grid.Client.SubmitBatchAsync(Request with { Count = 1 }, [One], Id);
        _ = await grid.Client.DeleteAsync(batch.Members[0].Job);

        CancellationToken timeout = TestGrid.Timeout();
        while (await grid.Client.GetBatchAsync(Id, timeout) is not null) timeout.ThrowIfCancellationRequested();
        Assert.DoesNotContain(await grid.AllBlobsAsync(), blob => blob.Contains(Id.Value, StringComparison.Ordinal));
    }

    private static BatchRequest Request => new() { Request = Sample.Request with { Model = Model, Seed = null } };

    private async Task<BatchSnapshot> UntilAsync(Func<BatchSnapshot, bool> condition)
    {
        await foreach (BatchSnapshot snapshot in grid.Client.WatchBatchAsync(Id, TestGrid.Timeout()))
            if (condition(snapshot)) return snapshot;
        throw new InvalidOperationException("the batch ended first");
    }

    // The reconciler finds what is left by the clock.
    private async Task UntilPassingTimeAsync(Func<BatchSnapshot, bool> condition)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (!condition((await grid.Client.GetBatchAsync(Id, timeout))!))
        {
            timeout.ThrowIfCancellationRequested();
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }
    }
}
