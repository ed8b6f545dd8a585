using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Queue;

/// <summary>What is said to one who asks why a job waits.</summary>
public sealed class QueueReasonTests
{
    private static readonly QueueOptions Options = new();
    private readonly TicketQueue work = new(Options);
    private readonly WorkerRegistry workers = new();

    public QueueReasonTests() => Register("w/0");

    [Fact]
    public void Why_OfAPausedQueueOrTenant_SaysSo()
    {
        Offer(Ticket("job", tenant: "studio"));
        work.Pause("studio", true);
        Assert.Equal("Tenant studio is paused: nothing of it is handed out.", Why("job"));
        work.IsPaused = true;
        Assert.Equal("The queue is paused: nothing is handed out.", Why("job"));
    }

    [Fact]
    public void Why_WithoutAWorkerForIt_SaysWhatTheWorkersLack()
    {
        Offer(Ticket("model") with { Model = "n" }, Ticket("memory") with { Memory = 24L << 30 });

        Assert.Equal("No worker has model n; those that are there have m.", Why("model"));
        Assert.Equal("It takes 24.0 GiB of device memory; the largest worker with model m has 16.0 GiB.", Why("memory"));
        workers.Forget("w/0");
        Assert.Equal("No worker is there.", Why("model"));
    }

    [Fact]
    public void Why_OfATicketThatIsKept_SaysForWhom()
    {
        Offer(
            Ticket("held", 1) with { Holder = "w/3" }, Ticket("bound", 1) with { Holder = "w/3", IsBound = true },
            Ticket("failed") with { Avoid = ["w/0"] });

        Assert.Equal("It is kept for worker w/3, which has its latents, for 200 ms.", Why("held"));
        Assert.Equal("It does not wait for a worker: it goes on at w/3 when the chunk before is done.", Why("bound"));
        Assert.Equal("It failed on every worker that can do it (w/0); another one goes first for 10 s.", Why("failed"));
    }

    [Fact]
    public void Why_OfAJobBehindOthers_CountsThemAndSaysWhatDecides()
    {
        Offer(
            Ticket("old", minute: 1), Ticket("asked", minute: 2),
            Ticket("young", minute: 3) with { Priority = 1 }, Ticket("last", minute: 4));

        Assert.Equal("1 job of its tenant goes before: of higher priority.", Why("old"));
        Assert.Equal("2 jobs of its tenant go before: older, or of higher priority.", Why("asked"));
        Assert.Equal("3 jobs of its tenant go before: older.", Why("last"));
        Assert.Equal("It is next: the workers that can do it are busy.", Why("young"));
    }

    [Fact]
    public void Why_OfAJobThatFailed_SaysThatFailuresSetItBack()
    {
        Offer(Ticket("failed", minute: 1) with { Failures = 1 }, Ticket("young", minute: 3));

        Assert.Equal("1 job of its tenant goes before: of higher priority, or without this one's failures.", Why("failed"));
    }

    [Fact]
    public void Why_OfATenantThatIsAhead_NamesTheFairestOther()
    {
        Offer(Ticket("a0", tenant: "a"), Ticket("a1", tenant: "a"), Ticket("b0", tenant: "b"));
        ChunkTicket ticket = work.Take(Worker("w/0"), Sample.Noon)!;
        work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(40));

        Assert.Equal("Tenant b has had less device time for its share: a is 40 device-seconds ahead of it.", Why("a1"));
    }

    private static ChunkTicket Ticket(string job, int chunk = 0, int minute = 0, string tenant = "default") => new()
    {
        Job = new RenderJobId(job),
        Chunk = chunk,
        Kind = ChunkKind.Denoise,
        Model = "m",
        Since = Sample.Noon.AddMinutes(minute),
        Tenant = tenant,
    };

    private static WorkerOffer Worker(string name) => new() { Worker = name, Models = ["m"], Memory = 16L << 30 };

    private void Register(string worker) => workers.Register(Worker(worker), Sample.Noon);

    private void Offer(params ChunkTicket[] tickets)
    {
        foreach (ChunkTicket ticket in tickets) work.Offer(ticket, Sample.Noon);
    }

    private string Why(string job) => QueueReason.Of(work.Find(new RenderJobId(job))!, work, workers, Sample.Noon, Options);
}
