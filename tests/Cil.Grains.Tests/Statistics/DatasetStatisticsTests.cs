using Cil.Grains.Blobs;
using Cil.Grains.Tests.Grid;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Workers;
using Cil.Storage;

namespace Cil.Grains.Tests.Statistics;

/// <summary>How a data set's shards are handed out, measured and merged. The test plays the workers.</summary>
public sealed class DatasetStatisticsTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Build_WhoeverMeasuresWhatInWhateverOrder_MergesShardsInTheirOrder()
    {
        StatisticsRequest request = Request("ordered");
        await BeginAsync(request);

        ChunkLease.Measure[] leases = await TakeAllAsync(request);
        foreach (ChunkLease.Measure lease in leases.Reverse()) await MeasureAsync(request, lease);

        StatisticsSnapshot end = await EndAsync(request);
        Assert.Equal((JobState.Completed, FakeDatasets.Clips), (end.State, end.ClipsDone));
        Assert.Equal(new byte[] { 0, 1, 2, 3 }, (await grid.Blobs.GetAsync(end.Blob!))!.Content.ToArray());
        Assert.Equal([(0, 2), (2, 2), (4, 2), (6, 1)], leases.Select(lease => (lease.Chunk.First, lease.Chunk.Count)));
        // It is taken away after the end is told, and not in a turn.
        CancellationToken timeout = TestGrid.Timeout();
        while ((await WorkAsync(request)).Count > 0)
        {
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Build_OfWhatIsThereAlready_MeasuresNothing()
    {
        StatisticsRequest request = Request("cached");
        await BeginAsync(request);
        await MeasureAllAsync(request);
        _ = await EndAsync(request);

        StatisticsSnapshot again = await BeginAsync(request);

        Assert.Equal(JobState.Completed, again.State);
        Assert.Null(await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "a/0", Models = [request.Model] }));
    }

    [Fact]
    public async Task Build_WhoseShardsCannotBeReadForAWhile_IsMergedWhenTheyCan()
    {
        StatisticsRequest request = Request("unmerged");
        await BeginAsync(request);
        ChunkLease.Measure[] leases = await TakeAllAsync(request);
        foreach (ChunkLease.Measure lease in leases[..3]) await MeasureAsync(request, lease);
        grid.Blobs.ReadFault = new IOException("HTTP 503");
        await MeasureAsync(request, leases[3]);
        grid.Clock.Advance(TestGrid.Leasing.Check);
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        Assert.Equal(JobState.Running, (await grid.Statistics(request).GetAsync())!.State);

        grid.Blobs.ReadFault = null;

        CancellationToken timeout = TestGrid.Timeout();
        while (!(await grid.Statistics(request).GetAsync())!.IsFinished)
        {
            grid.Clock.Advance(TestGrid.Leasing.Check);
            await Task.Delay(10, timeout);
        }

        Assert.Equal(JobState.Completed, (await EndAsync(request)).State);
    }

    [Fact]
    public async Task Build_OfADataSetWhoseListHasChanged_MeasuresAnew()
    {
        StatisticsRequest request = Request("changed");
        await BeginAsync(request);
        await MeasureAllAsync(request);
        _ = await EndAsync(request);

        grid.Datasets.Hash = "another list";
        StatisticsSnapshot again = await BeginAsync(request);

        Assert.Equal((JobState.Queued, 0), (again.State, again.ClipsDone));
        Assert.Equal("another list", (await TakeAsync("a/0", request)).Plan.DatasetHash);
    }

    [Fact]
    public async Task Build_AfterAShardThatCannotBeMeasured_GoesOnWithTheOthers()
    {
        StatisticsRequest request = Request("mended");
        await BeginAsync(request);
        ChunkLease.Measure good = await TakeAsync("a/0", request),
            bad = await TakeAsync("a/0", request), late = await TakeAsync("b/0", request);
        await MeasureAsync(request, good);
        await ReportAsync(request, bad, new ChunkResult.Failed(new JobError(JobError.InvalidClip, "3.mp4: no video", Retryable: false)));
        StatisticsSnapshot failed = await EndAsync(request);
        await MeasureAsync(request, late);

        StatisticsSnapshot again = await BeginAsync(request);
        await MeasureAllAsync(request);

        Assert.Equal((JobState.Failed, "3.mp4: no video"), (failed.State, failed.Error!.Message));
        Assert.Equal(4, again.ClipsDone);
        Assert.Equal(JobState.Completed, (await EndAsync(request)).State);
    }

    [Fact]
    public async Task Shard_OfAWorkerThatFallsSilent_GoesToAnotherAndTheLateMomentsAreTakenAway()
    {
        StatisticsRequest request = Request("silent");
        await BeginAsync(request);
        ChunkLease.Measure late = await TakeAsync("a/0", request);

        grid.Clock.Advance(TestGrid.Leasing.Silence + (2 * TestGrid.Leasing.Check));
        ChunkLease.Measure? again = null;
        while (again?.Chunk.Index != late.Chunk.Index) again = await TakeAsync("b/0", request);
        await MeasureAsync(request, late);

        Assert.Equal(late.Epoch + 1, again!.Epoch);
        Assert.Empty(await WorkAsync(request));
    }

    [Fact]
    public async Task Shards_OfOtherWeights_AreNotMixed()
    {
        StatisticsRequest request = Request("weights");
        await BeginAsync(request);
        await MeasureAsync(request, await TakeAsync("a/0", request), "old weights");
        ChunkLease.Measure second = await TakeAsync("a/0", request);

        await MeasureAsync(request, second, "new weights");

        Assert.Equal(0, (await grid.Statistics(request).GetAsync())!.ClipsDone);
        Assert.Equal(0, (await TakeAsync("a/0", request)).Chunk.Index);
    }

    [Fact]
    public async Task Build_OfShardsThatDoNotFitTogether_FailsAndTheNextAttemptMeasuresThemAgain()
    {
        StatisticsRequest request = Request("misfit");
        await BeginAsync(request);
        while (await NextAsync("a/0", request) is { } lease) await MeasureAsync(request, lease, moments: 255);
        StatisticsSnapshot failed = await EndAsync(request);

        StatisticsSnapshot again = await BeginAsync(request);

        Assert.Equal((JobState.Failed, JobError.InvalidStatistics), (failed.State, failed.Error!.Code));
        Assert.Equal(0, again.ClipsDone);
        await MeasureAllAsync(request);
        Assert.Equal(JobState.Completed, (await EndAsync(request)).State);
    }

    [Fact]
    public async Task Cancel_KeepsWhatIsMeasured()
    {
        StatisticsRequest request = Request("cancelled");
        await BeginAsync(request);
        await MeasureAsync(request, await TakeAsync("a/0", request));

        await grid.Statistics(request).CancelAsync();

        Assert.Null(await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "a/0", Models = [request.Model] }));
        Assert.Equal(2, (await BeginAsync(request)).ClipsDone);
    }

    // A worker that got no answer reports again. An activation that believed its memory would take that for a repetition.
    [Fact]
    public async Task Report_WhoseWriteFailed_IsStoredWhenItIsReportedAgain()
    {
        StatisticsRequest request = Request("unstored");
        await BeginAsync(request);
        ChunkLease.Measure lease = await TakeAsync("a/0", request);
        _ = await grid.Blobs.PutAsync(lease.OutputBlob, new byte[] { 0 });
        var result = new ChunkResult.Rendered(lease.OutputBlob, null, "weights", "device");
        grid.Blobs.Fault = new IOException("storage is out");
        _ = await Assert.ThrowsAnyAsync<Exception>(() => ReportAsync(request, lease, result));
        grid.Blobs.Fault = null;

        await ReportAsync(request, lease, result);

        await grid.RestartAsync();
        Assert.Equal(2, (await grid.Statistics(request).GetAsync())!.ClipsDone);
        Assert.NotNull(await grid.Blobs.GetAsync(lease.OutputBlob));
    }

    [Fact]
    public async Task Build_WithFaults_ListsThemAll()
    {
        StatisticsAnswer answer = await grid.Statistics(Request("x"))
            .BuildAsync(Request("x") with { Dataset = "missing", ClipsPerShard = 0, Width = 3, Frames = 99, Rank = 257 });

        StatisticsAnswer.Refused refused = Assert.IsType<StatisticsAnswer.Refused>(answer);
        Assert.Equal(["clipsPerShard", "dataset", "frames", "rank", "width"], refused.Faults.Select(fault => fault.Field).Order());
    }

    [Fact]
    public async Task Build_OfARankThatTheClipsAreTooFewFor_SaysHowMany()
    {
        StatisticsAnswer answer = await grid.Statistics(Request("x")).BuildAsync(Request("x") with { Rank = 200 });

        RequestError error = Assert.Single(Assert.IsType<StatisticsAnswer.Refused>(answer).Faults);
        Assert.Equal("rank", error.Field);
        Assert.Contains("200 takes a data set of 201 to 1024 clips", error.Message, StringComparison.Ordinal);
    }

    // Statistics that were measured before there were ranks are found again.
    [Fact]
    public void Id_OfARank_IsAnotherAndThatWithoutStays()
    {
        StatisticsRequest request = new() { Dataset = "clips", Model = "tiny" };

        Assert.Equal("stats_1f83d3c18ece0bbd954537b5", request.Id().Value);
        Assert.NotEqual(request.Id(), (request with { Rank = 8 }).Id());
        Assert.NotEqual((request with { Rank = 8 }).Id(), (request with { Rank = 9 }).Id());
    }

    private static StatisticsRequest Request(string model) => new() { Dataset = "clips", Model = model, ClipsPerShard = 2 };

    private async Task<StatisticsSnapshot> BeginAsync(StatisticsRequest request) =>
        Assert.IsType<StatisticsAnswer.Accepted>(await grid.Statistics(request).BuildAsync(request)).Statistics;

    private async Task<ChunkLease.Measure?> NextAsync(string worker, StatisticsRequest request)
    {
        while (await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = worker, Models = [request.Model] }) is { } ticket)
        {
            Assert.Equal(ChunkKind.Measure, ticket.Kind);
            if (await grid.Statistics(request).BeginChunkAsync(ticket.Chunk, worker) is ChunkLease.Measure lease) return lease;
        }

        return null;
    }

    // Shards are offered again in turns of the grain's own, soon after the clock says so.
    private async Task<ChunkLease.Measure[]> TakeAllAsync(StatisticsRequest request) =>
    [
        await TakeAsync("a/0", request), await TakeAsync("b/0", request),
        await TakeAsync("a/1", request), await TakeAsync("c/0", request),
    ];

    private async Task<ChunkLease.Measure> TakeAsync(string worker, StatisticsRequest request)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (true)
        {
            if (await NextAsync(worker, request) is { } lease) return lease;
            timeout.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task MeasureAllAsync(StatisticsRequest request)
    {
        while (await NextAsync("a/0", request) is { } lease) await MeasureAsync(request, lease);
    }

    private async Task MeasureAsync(StatisticsRequest request, ChunkLease.Measure lease, string weights = "weights", byte? moments = null)
    {
        _ = await grid.Blobs.PutAsync(lease.OutputBlob, new[] { moments ?? (byte)lease.Chunk.Index });
        await ReportAsync(request, lease, new ChunkResult.Rendered(lease.OutputBlob, null, weights, "device"));
    }

    private Task ReportAsync(StatisticsRequest request, ChunkLease.Measure lease, ChunkResult result) =>
        grid.Statistics(request).ReportAsync(lease.Chunk.Index, lease.Epoch, result);

    private async Task<StatisticsSnapshot> EndAsync(StatisticsRequest request)
    {
        await foreach (StatisticsSnapshot snapshot in grid.Statistics(request).WatchAsync(TestGrid.Timeout()))
        {
            // Asked once more: answered when the turn that ended it is over.
            if (snapshot.IsFinished) return (await grid.Statistics(request).GetAsync())!;
        }

        throw new InvalidOperationException("the measurement is not known");
    }

    private async Task<List<string>> WorkAsync(StatisticsRequest request)
    {
        var names = new List<string>();
        await foreach (string name in grid.Blobs.ListAsync(BlobNames.StatisticsWork(request.Id()))) names.Add(name);
        return names;
    }
}
