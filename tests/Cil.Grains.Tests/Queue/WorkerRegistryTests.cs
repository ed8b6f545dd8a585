using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Queue;

/// <summary>Who is woken for what.</summary>
public sealed class WorkerRegistryTests
{
    private static readonly ChunkTicket Ticket = new()
    {
        Job = new RenderJobId("job"), Chunk = 0, Kind = ChunkKind.Denoise, Model = "m", Since = Sample.Noon,
    };
    private readonly WorkerRegistry workers = new();

    [Fact]
    public void Pick_PrefersTheHolder_ThenTheLoadedModel_ThenAny()
    {
        Idle("w/any");
        Idle("w/loaded", loaded: "m");
        Idle("w/other", loaded: "n");
        Idle("w/holder");

        ChunkTicket held = Ticket with { Holder = "w/holder" };
        Assert.Equal("w/holder", Pick(held));
        // For a moment it is kept for its holder.
        Assert.Null(Pick(held));
        Assert.Equal("w/loaded", Pick(Ticket));
        Assert.NotNull(Pick(Ticket));
        Assert.NotNull(Pick(Ticket));
        Assert.Null(Pick(Ticket));
        Assert.False(workers.HasIdle);
    }

    [Fact]
    public void Pick_NeverGivesAWorkerThatCannotDoIt()
    {
        Idle("w/small", memory: 10);
        Idle("w/failed", memory: 30);

        Assert.Null(Pick(Ticket with { Model = "x" }));
        Assert.Null(Pick(Ticket with { Memory = 20, Avoid = ["w/failed"] }));
        Assert.Equal("w/failed", Pick(Ticket with { Memory = 20 }));
    }

    [Fact]
    public void Pick_OfAWorkerThatAsksAgain_DoesNotFindItIdle()
    {
        Idle("w/0");
        Idle("w/1");
        _ = workers.Register(Offer("w/0"), Sample.Noon);

        Assert.Equal("w/1", Pick(Ticket));
        Assert.Null(Pick(Ticket));
    }

    [Fact]
    public void LargestMemory_IsKnownWhenEveryWorkerTellsIts()
    {
        Assert.Equal(0, workers.LargestMemory);
        Idle("w/0", memory: 10);
        Idle("w/1", memory: 20);
        Assert.Equal(20, workers.LargestMemory);
        workers.Forget("w/1");
        Assert.Equal(10, workers.LargestMemory);
        Idle("w/2", memory: 0);
        Assert.Equal(0, workers.LargestMemory);
    }

    [Fact]
    public void Hear_OfAWorkerThatHasLoadedAnotherModel_CountsItWithItsLike()
    {
        Idle("w/0", loaded: "n");
        Idle("w/1", loaded: "n");
        Idle("w/1", loaded: "m");

        Assert.Equal(2, workers.Groups.Count);
        Assert.Equal("w/1", Pick(Ticket));
    }

    private static WorkerOffer Offer(string worker, string? loaded = null, long memory = 0) =>
        new() { Worker = worker, Models = ["m", "n"], Loaded = loaded, Memory = memory };

    private void Idle(string worker, string? loaded = null, long memory = 0) =>
        WorkerRegistry.SetIdle(workers.Register(Offer(worker, loaded, memory), Sample.Noon));

    private string? Pick(ChunkTicket ticket) => workers.Pick(ticket, Sample.Noon, Sample.Noon, new QueueOptions());
}
