using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;

namespace Cil.Grains.Tests.Work;

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
        await OfferAsync(Ticket("young", 0, minute: 2), Ticket("old", 1, minute: 1), Ticket("old", 0, minute: 1), Ticket("middle", 0, minute: 1));

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
        await OfferAsync(Ticket("old", 0, minute: 1), Ticket("held", 3, minute: 2) with { Holder = "w/0" });

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
        await OfferAsync(Ticket("first", 0, minute: 1), Ticket("first", 1, minute: 1), Ticket("second", 0, minute: 2), Ticket("third", 0, minute: 3));

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

    private static ChunkTicket Ticket(string job, int chunk, int minute = 0) =>
        new() { Job = new RenderJobId(job), Chunk = chunk, Kind = ChunkKind.Denoise, Model = "m", Since = Sample.Noon.AddMinutes(minute) };

    private Task<ChunkTicket?> TakeAsync(string worker, IReadOnlyList<string> models) => grid.Queue.TakeNextAsync(new WorkerOffer { Worker = worker, Models = models });

    private async Task OfferAsync(params ChunkTicket[] tickets)
    {
        foreach (ChunkTicket ticket in tickets) await grid.Queue.OfferAsync(ticket);
    }

    private async Task<List<(string Job, int Chunk)>> AllAsync(string worker)
    {
        var taken = new List<(string, int)>();
        while (await TakeAsync(worker, Model) is { } ticket) taken.Add((ticket.Job.Value, ticket.Chunk));
        return taken;
    }
}
