using Cil.Grains.Blobs;
using Cil.Grains.Tests.Diagnostics;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>What a job that waits costs the queue while somebody watches it.</summary>
public sealed class WatchedJobTests : IAsyncLifetime
{
    private const int Looks = 20;

    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Watch_OfAJobThatWaits_AsksTheQueueLessThanOnceASecond()
    {
        RenderJobId id = await grid.SubmitAsync("watched");
        using var metrics = new RecordedMetrics(grid.Meters);
        using var enough = new CancellationTokenSource();
        Task watching = WatchAsync(id, enough.Token);
        CancellationToken timeout = TestGrid.Timeout();
        int seconds = 0;
        while (Calls(metrics, "PositionAsync") < Looks)
        {
            grid.Clock.Advance(TimeSpan.FromSeconds(1));
            seconds++;
            await Task.Delay(1, timeout);
        }

        Assert.InRange(seconds, Looks, int.MaxValue);
        // Before it is left to the reconciler, the job offers its chunk at its first checks.
        Assert.InRange(Calls(metrics, "OfferAsync"), 0, 3);
        await enough.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task Watch_OfAJobThatALostQueueHasForgotten_SeesItsEnd()
    {
        RenderJobId id = await grid.SubmitAsync("watched-lost");
        using var enough = new CancellationTokenSource();
        Task watching = WatchAsync(id, enough.Token);
        for (int second = 0; second < 10; second++) grid.Clock.Advance(TimeSpan.FromSeconds(1));

        await grid.Queue.WithdrawAsync(id);

        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "watched-lost")).State);
        await watching;
    }

    // Watchers are answered between the steps of other calls, and a crash would undo what is not stored yet.
    [Fact]
    public async Task Watch_WhileTheEndIsBeingStored_TellsNoEnd()
    {
        RenderJobId id = await grid.SubmitAsync("watched-end");
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken timeout = TestGrid.Timeout();
        await using IAsyncEnumerator<JobSnapshot> watch = grid.Job(id).WatchAsync(timeout).GetAsyncEnumerator(timeout);
        Assert.True(await watch.MoveNextAsync());
        grid.Blobs.Held = name =>
        {
            if (name != $"state/job/{id}.json") return null;
            _ = ending.TrySetResult();
            return stored.Task;
        };

        Task cancelling = grid.Client.CancelAsync(id);
        await ending.Task.WaitAsync(timeout);
        for (int look = 0; look < 3; look++)
        {
            Task<bool> next = watch.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                grid.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(10, timeout);
            }

            Assert.True(await next);
            Assert.Equal(JobState.Queued, watch.Current.State);
        }

        stored.SetResult();
        await cancelling;
        JobState last = watch.Current.State;
        while (await watch.MoveNextAsync()) last = watch.Current.State;
        Assert.Equal(JobState.Cancelled, last);
    }

    [Fact]
    public async Task Job_WhoseEndCouldNotBeMade_HasNotEnded()
    {
        RenderJobId id = await grid.SubmitAsync("unread");
        grid.Blobs.ReadFault = new IOException("HTTP 503");
        _ = await Assert.ThrowsAnyAsync<Exception>(() => grid.Client.CancelAsync(id));
        grid.Blobs.ReadFault = null;

        Assert.True(await grid.Job(id).ResumeAsync());
        Assert.Contains(BlobNames.Unfinished(id), await grid.AllBlobsAsync());
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "unread")).State);
    }

    private async Task WatchAsync(RenderJobId id, CancellationToken enough)
    {
        try
        {
            await foreach (JobSnapshot _ in grid.Client.WatchAsync(id, enough)) { }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static int Calls(RecordedMetrics metrics, string call) =>
        metrics.Count("cil.queue.calls", ("call", call));
}
