using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Queue;

/// <summary>Who is next, and who may have what.</summary>
public sealed class WorkQueueTests : IAsyncLifetime
{
    private static readonly string[] Model = ["m"];
    private TestGrid grid = null!;

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Fact]
    public async Task Take_GivesTheOldestJobFirstAndItsChunksInOrder()
    {
        await OfferAsync(
            Ticket("young", 0, minute: 2), Ticket("old", 1, minute: 1), Ticket("old", 0, minute: 1), Ticket("middle", 0, minute: 1));

        Assert.Equal([("middle", 0), ("old", 0), ("old", 1), ("young", 0)], await AllAsync("w/0"));
    }

    [Fact]
    public async Task Take_OfAModelThatTheWorkerDoesNotHave_GivesNothing()
    {
        await OfferAsync(Ticket("job", 0) with { Model = "other" });

        Assert.Null(await TakeAsync("w/0", Model));
        Assert.Equal("job", (await TakeAsync("w/0", ["m", "other"]))!.Job.Value);
    }

    [Fact]
    public async Task Take_ByTheHolderOfAJobsLatents_GivesThatJobBeforeAnOlderOne()
    {
        await OfferAsync(
            Ticket("old", 0, minute: 1), Ticket("held", 3, minute: 2) with { Holder = "w/0", Since = Sample.Noon.AddMinutes(1.5) });

        Assert.Equal([("held", 3), ("old", 0)], await AllAsync("w/0"));
    }

    [Fact]
    public async Task Take_OfAChunkThatAnotherHolds_WaitsAMomentForTheHolder()
    {
        await OfferAsync(Ticket("held", 3) with { Holder = "w/0" });

        Assert.Null(await TakeAsync("w/1", Model));
        grid.Clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal("held", (await TakeAsync("w/1", Model))!.Job.Value);
    }

    [Fact]
    public async Task Take_OfABoundChunk_IsForItsHolderHoweverLongItTakes()
    {
        await OfferAsync(Ticket("bound", 3) with { Holder = "w/0", IsBound = true });
        grid.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Null(await TakeAsync("w/1", Model));
        Assert.Equal("bound", (await TakeAsync("w/0", Model))!.Job.Value);
    }

    [Fact]
    public async Task Offer_OfABoundChunkWhoseLatentsAreStored_OpensItToAll()
    {
        await OfferAsync(Ticket("stored", 3) with { Holder = "w/0", IsBound = true });

        await OfferAsync(Ticket("stored", 3));

        Assert.Equal([("stored", 3)], await AllAsync("w/1"));
    }

    [Fact]
    public async Task Offer_Again_KeepsOneChunkAndItsPlace()
    {
        await OfferAsync(Ticket("held", 3) with { Holder = "w/0" });
        grid.Clock.Advance(TimeSpan.FromMilliseconds(150));
        await OfferAsync(Ticket("held", 3) with { Holder = "w/0" });
        grid.Clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal([("held", 3)], await AllAsync("w/1"));
    }

    [Fact]
    public async Task Withdraw_TakesAllOfAJobAndNothingElse()
    {
        await OfferAsync(Ticket("gone", 0), Ticket("gone", 1), Ticket("kept", 0));

        await grid.Queue.WithdrawAsync(new RenderJobId("gone"));

        Assert.Equal([("kept", 0)], await AllAsync("w/0"));
    }

    [Fact]
    public async Task Position_CountsTheJobsBeforeNotTheirChunks()
    {
        await OfferAsync(
            Ticket("first", 0, minute: 1), Ticket("first", 1, minute: 1), Ticket("second", 0, minute: 2), Ticket("third", 0, minute: 3));

        Assert.Equal(0, await grid.Queue.PositionAsync(new RenderJobId("first")));
        Assert.Equal(1, await grid.Queue.PositionAsync(new RenderJobId("second")));
        Assert.Equal(2, await grid.Queue.PositionAsync(new RenderJobId("third")));
        Assert.Null(await grid.Queue.PositionAsync(new RenderJobId("unknown")));
    }

    [Fact]
    public async Task Position_DoesNotCountJobsThatAreAtWork()
    {
        await OfferAsync(Ticket("running", 1, minute: 1) with { Holder = "w/0", IsBound = true }, Ticket("next", 0, minute: 2));

        Assert.Equal(0, await grid.Queue.PositionAsync(new RenderJobId("next")));
    }

    [Fact]
    public async Task Admit_OfMoreMemoryThanAnyWorkerHas_IsImpossibleAndNamesBothSides()
    {
        Assert.IsType<Admission.Admitted>(await grid.Queue.AdmitAsync("default", "m", 24L << 30));
        _ = await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "w/0", Models = Model, Memory = 16L << 30 });

        Admission.Impossible impossible = Assert.IsType<Admission.Impossible>(await grid.Queue.AdmitAsync("default", "m", 24L << 30));

        Assert.Equal(
            new RequestError("width", "work of this size takes about 24.0 GiB of device memory; the largest worker has 16.0 GiB"),
            impossible.Fault);
        Assert.Equal(16L << 30, impossible.Memory);
        Assert.IsType<Admission.Admitted>(await grid.Queue.AdmitAsync("default", "m", 16L << 30));
    }

    [Fact]
    public async Task Admit_OfAFullQueue_SaysWhenToComeAgain()
    {
        grid.Waiting.MaxWaiting = 3;
        grid.Waiting.MaxWaitingPerTenant = 2;
        await OfferAsync(Ticket("a0", 0), Ticket("a1", 0), Ticket("a1", 1));
        Admission.Full own = Assert.IsType<Admission.Full>(await grid.Queue.AdmitAsync("default", "m", 0));
        Assert.IsType<Admission.Admitted>(await grid.Queue.AdmitAsync("other", "m", 0));
        await OfferAsync(Ticket("b0", 0) with { Tenant = "other" });

        Admission.Full all = Assert.IsType<Admission.Full>(await grid.Queue.AdmitAsync("other", "m", 0));

        Assert.Equal(("2 jobs of tenant default wait, as many as may", TimeSpan.FromSeconds(10)), (own.Reason, own.RetryAfter));
        Assert.Equal("3 jobs wait, as many as may", all.Reason);
    }

    [Fact]
    public async Task Status_TellsWhatWaitsAndWhoIsAtWhat()
    {
        await OfferAsync(Ticket("a", 0), Ticket("b", 0) with { Tenant = "other" });
        await grid.Queue.SetShareAsync("other", 2.5);
        _ = await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "w/0", Models = Model, Loaded = "m", Memory = 7 });
        await grid.Queue.EndAsync(new RenderJobId("a"), 0, TimeSpan.FromSeconds(3));
        _ = await grid.Queue.TakeNextAsync(new WorkerOffer { Worker = "w/0", Models = Model, Loaded = "m", Memory = 7 });

        QueueStatus status = await grid.Queue.StatusAsync();

        Assert.Equal((0, 1, false), (status.Waiting, status.Running, status.IsPaused));
        Assert.Equal([new TenantStatus("default", 0, 1, 3, false), new TenantStatus("other", 0, 2.5, 0, false)], status.Tenants);
        Assert.Equal([new WorkerStatus("w/0", "m", 7, 1, Sample.Noon, DeviceClass.Cpu)], status.Workers);
    }

    [Fact]
    public async Task NotWaiting_AreJobsThatAreAtWorkOrForgotten()
    {
        await OfferAsync(Ticket("waits", 0, minute: 1), Ticket("works", 0));
        _ = await TakeAsync("w/0", Model);

        IReadOnlyList<RenderJobId> others = await grid.Queue.NotWaitingAsync(
            [new RenderJobId("waits"), new RenderJobId("works"), new RenderJobId("lost")]);

        Assert.Equal(["works", "lost"], others.Select(job => job.Value));
    }

    [Fact]
    public async Task Worker_ThatIsSilentForAMinute_IsForgottenUnlessItHasAChunk()
    {
        await OfferAsync(Ticket("works", 0));
        _ = await TakeAsync("w/busy", Model);
        _ = await TakeAsync("w/idle", Model);

        grid.Clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(async () => (await grid.Queue.StatusAsync()).Workers.Count == 1);

        Assert.Equal("w/busy", (await grid.Queue.StatusAsync()).Workers.Single().Worker);
    }

    [Fact]
    public async Task Pause_SharesAndMeasuredMemory_AreThereAfterTheQueuesProcessIsLost()
    {
        await grid.Queue.PauseAsync(null);
        await grid.Queue.PauseAsync("studio");
        await grid.Queue.SetShareAsync("studio", 3);
        await grid.Queue.MeasuredAsync("m 320x512", 10);
        await grid.Queue.MeasuredAsync("m 320x512", 9);
        Assert.Equal(10, await grid.Queue.MemoryAsync("m 320x512"));
        Assert.Equal(0, await grid.Queue.MemoryAsync("m 576x1024"));

        await grid.RestartAsync();

        QueueStatus status = await grid.Queue.StatusAsync();
        Assert.True(status.IsPaused);
        Assert.Equal([new TenantStatus("studio", 0, 3, 0, true)], status.Tenants);
        Assert.Equal(10, await grid.Queue.MemoryAsync("m 320x512"));
    }

    [Fact]
    public async Task Pause_OfTheQueue_HandsNothingOutUntilItIsUnpaused()
    {
        await OfferAsync(Ticket("job", 0));
        await grid.Queue.PauseAsync(null);
        Assert.Null(await TakeAsync("w/0", Model));
        Assert.Equal("The queue is paused: nothing is handed out.", await grid.Queue.QueueReasonAsync(new RenderJobId("job")));

        await grid.Queue.UnpauseAsync(null);

        Assert.Equal([("job", 0)], await AllAsync("w/0"));
        Assert.Null(await grid.Queue.QueueReasonAsync(new RenderJobId("job")));
    }

    [Fact]
    public async Task Pause_ThatCannotBeStored_LeavesTheQueueAsItWas()
    {
        await OfferAsync(Ticket("job", 0));
        grid.Blobs.Fault = new IOException("the disk is full");
        await Assert.ThrowsAnyAsync<Exception>(() => grid.Queue.PauseAsync(null));
        grid.Blobs.Fault = null;

        Assert.False((await grid.Queue.StatusAsync()).IsPaused);
        await grid.Queue.PauseAsync(null);
        Assert.True((await grid.Queue.StatusAsync()).IsPaused);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task SetShare_OfWhatIsNoShare_IsRefused(double share) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => grid.Queue.SetShareAsync("studio", share));

    private static ChunkTicket Ticket(string job, int chunk, int minute = 0) =>
        new() { Job = new RenderJobId(job), Chunk = chunk, Kind = ChunkKind.Denoise, Model = "m", Since = Sample.Noon.AddMinutes(minute) };

    private Task<ChunkTicket?> TakeAsync(string worker, IReadOnlyList<string> models) =>
        grid.Queue.TakeNextAsync(new WorkerOffer { Worker = worker, Models = models });

    private async Task OfferAsync(params ChunkTicket[] tickets)
    {
        foreach (ChunkTicket ticket in tickets) await grid.Queue.OfferAsync(ticket);
    }

    // The queue's timer ticks on its own turn.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (!await condition()) await Task.Delay(5, timeout);
    }

    private async Task<List<(string Job, int Chunk)>> AllAsync(string worker)
    {
        var taken = new List<(string, int)>();
        while (await TakeAsync(worker, Model) is { } ticket) taken.Add((ticket.Job.Value, ticket.Chunk));
        return taken;
    }
}
