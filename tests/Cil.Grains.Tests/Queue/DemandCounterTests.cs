using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Queue;

/// <summary>Device slots of each class.</summary>
public sealed class DemandCounterTests
{
    private const long Gibibyte = 1L << 30;
    private static readonly DateTimeOffset Now = Sample.Noon;

    private readonly TicketQueue work = new(new QueueOptions());
    private readonly WorkerRegistry workers = new();

    [Fact]
    public void Count_WithoutAnyWorker_IsOfTheFirstListedClassWithTheMemory()
    {
        Offer(Ticket("small", memory: 8), Ticket("unknown"), Ticket("large", memory: 80), Ticket("too-large", memory: 800));

        Assert.Equal([new ClassDemand("l4", 2, 0, 0), new ClassDemand("h200", 1, 0, 0)], Count("l4=22", "h200=140"));
    }

    [Fact]
    public void Count_OfAClassWhoseWorkersLackTheModel_GoesToTheNext()
    {
        Offer(Ticket("one"));
        Register(Worker("w/0", "l4") with { Models = ["other"] });

        Assert.Equal([new ClassDemand("l4", 0, 0, 1), new ClassDemand("h200", 1, 0, 0)], Count("l4=22", "h200=140"));
    }

    [Fact]
    public void Count_WithoutAList_IsOfTheClassesThatHaveWorkers()
    {
        Offer(Ticket("one"));
        Assert.Empty(Count());
        Register(Worker("b/0", "h200"));
        Register(Worker("a/0", "cpu"));

        Assert.Equal([new ClassDemand("cpu", 1, 0, 1), new ClassDemand("h200", 0, 0, 1)], Count());
    }

    [Fact]
    public void Count_OfWhatRuns_IsOfItsWorkersClass()
    {
        Offer(Ticket("one"), Ticket("two"), Ticket("three"));
        _ = Take(Worker("w/0", "h200"));

        Assert.Equal([new ClassDemand("l4", 2, 0, 0), new ClassDemand("h200", 0, 1, 1)], Count("l4=22", "h200=140"));
    }

    [Fact]
    public void Count_OfAJobWhoseNextChunkIsPreparedBehindTheOneThatRuns_IsOne()
    {
        Offer(Ticket("one"));
        WorkerOffer worker = Worker("w/0", "l4");
        _ = Take(worker);
        Offer(Ticket("one", chunk: 1) with { Holder = "w/0", IsBound = true });
        Assert.Equal(1, Assert.Single(Count("l4")).Slots);
        _ = Take(worker);

        Assert.Equal(new ClassDemand("l4", 0, 1, 1), Assert.Single(Count("l4")));
    }

    [Fact]
    public void Count_OfAQueueThatWasBegunAnew_HasTheJobWhoseNextChunkIsBoundToItsWorker()
    {
        Offer(Ticket("one", chunk: 1) with { Holder = "w/0", IsBound = true });

        Assert.Equal(new ClassDemand("l4", 0, 1, 0), Assert.Single(Count("l4")));
    }

    [Fact]
    public void Count_BetweenTwoChunksOfAJob_StaysOne()
    {
        Offer(Ticket("one"));
        _ = Take(Worker("w/0", "l4"));
        work.End(new RenderJobId("one"), 0, TimeSpan.FromSeconds(1));
        Offer(Ticket("one", chunk: 1) with { Holder = "w/0" });

        Assert.Equal(new ClassDemand("l4", 1, 0, 1), Assert.Single(Count("l4")));
    }

    [Fact]
    public void Count_OfWhatIsPaused_IsNone()
    {
        Offer(Ticket("one", tenant: "a"), Ticket("two", tenant: "b"));
        work.Pause("a", isPaused: true);
        Assert.Equal(1, Assert.Single(Count("l4")).Slots);

        work.IsPaused = true;

        Assert.Equal(0, Assert.Single(Count("l4")).Slots);
    }

    [Fact]
    public void Count_OfAJobThatWasWithdrawn_IsNone()
    {
        Offer(Ticket("one"));
        work.Withdraw(new RenderJobId("one"));

        Assert.Equal(0, Assert.Single(Count("l4")).Slots);
    }

    [Theory]
    [InlineData("NVIDIA H200", "h200")]
    [InlineData("NVIDIA L4", "l4")]
    [InlineData("NVIDIA A100-SXM4-80GB", "a100-sxm4-80gb")]
    [InlineData("NVIDIA GeForce RTX 4090", "geforce-rtx-4090")]
    [InlineData(null, "cpu")]
    public void Class_OfADevice_IsWhatItsMakerCallsIt(string? product, string expected) => Assert.Equal(expected, DeviceClass.Of(product));

    private static ChunkTicket Ticket(string job, int chunk = 0, long memory = 0, string tenant = "default") => new()
    {
        Job = new RenderJobId(job), Chunk = chunk, Kind = ChunkKind.Denoise,
        Model = "m", Since = Now, Tenant = tenant, Memory = memory * Gibibyte,
    };

    private static WorkerOffer Worker(string name, string deviceClass) => new() { Worker = name, Models = ["m"], Class = deviceClass };

    private void Offer(params ChunkTicket[] tickets)
    {
        foreach (ChunkTicket ticket in tickets) work.Offer(ticket, Now);
    }

    private void Register(WorkerOffer offer) => workers.Register(offer, Now);

    private ChunkTicket? Take(WorkerOffer offer)
    {
        Register(offer);
        return work.Take(offer, Now);
    }

    private IReadOnlyList<ClassDemand> Count(params string[] listed) =>
        new DemandCounter(work, workers, [.. listed.Select(text => ListedClass.Parse(text)!)]).Count();
}
