using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Tests.Queue;

/// <summary>Each rule by itself.</summary>
public sealed class TicketQueueTests
{
    private readonly TicketQueue work = new(new QueueOptions());
    private DateTimeOffset now = Sample.Noon;

    [Fact]
    public void Take_OfOnePriorityMore_GoesBeforeJobsThatAreUpToTenMinutesOlder()
    {
        Offer(Ticket("older", minute: 0), Ticket("raised", minute: 9) with { Priority = 1 });
        Offer(Ticket("much-older", minute: -2));

        Assert.Equal(["much-older", "raised", "older"], All("w/0"));
    }

    [Fact]
    public void Take_OfAJobThatFailed_CountsItFiveMinutesYounger()
    {
        Offer(Ticket("failed", minute: 0) with { Failures = 1 }, Ticket("young", minute: 4), Ticket("younger", minute: 6));

        Assert.Equal(["young", "failed", "younger"], All("w/0"));
    }

    [Fact]
    public void Take_BetweenTenants_GivesToTheOneThatHasHadLeast()
    {
        Offer(
            Ticket("a1", tenant: "a"), Ticket("a2", tenant: "a"),
            Ticket("b1", minute: 5, tenant: "b"), Ticket("b2", minute: 5, tenant: "b"));

        Assert.Equal(["a1", "b1", "a2", "b2"], All("w/0"));
    }

    [Fact]
    public void Take_ByShare_GivesTwiceAsMuchToATenantOfTwiceTheShare()
    {
        work.SetShare("b", 2);
        for (int i = 0; i < 6; i++) Offer(Ticket($"a{i}", tenant: "a"), Ticket($"b{i}", tenant: "b"));

        List<string> first = [.. Enumerable.Range(0, 6).Select(_ => Take("w/0")!.Tenant)];

        Assert.Equal((2, 4), (first.Count(tenant => tenant == "a"), first.Count(tenant => tenant == "b")));
    }

    [Fact]
    public void End_ThatTookLongerThanWasCharged_PutsItsTenantBack()
    {
        Offer(
            Ticket("a1", tenant: "a"), Ticket("a2", tenant: "a"), Ticket("b1", tenant: "b"),
            Ticket("b2", tenant: "b"), Ticket("b3", tenant: "b"), Ticket("b4", tenant: "b"));
        Assert.Equal("a1", Take("w/0")!.Job.Value);
        work.End(new RenderJobId("a1"), 0, TimeSpan.FromSeconds(60));

        Assert.Equal(60, work.Tenants.Single(tenant => tenant.Name == "a").Used);
        // From now on a chunk is charged with 60 s: one of b's is as much as a's one.
        Assert.Equal(["b1", "a2", "b2", "b3", "b4"], All("w/0"));
    }

    [Fact]
    public void End_OfAChunkThatWasNotBegun_GivesTheChargeBack()
    {
        Offer(Ticket("a1", tenant: "a"));
        _ = Take("w/0");

        work.End(new RenderJobId("a1"), 0, TimeSpan.Zero);

        Assert.Equal((0, 0, 0), (work.Tenants.Single().Used, work.Tenants.Single().VirtualTime, work.Running));
    }

    [Fact]
    public void End_OfAChunkThatWasNotTaken_ChangesNothing()
    {
        Offer(Ticket("a1"));
        _ = Take("w/0");

        work.End(new RenderJobId("a1"), 1, TimeSpan.FromSeconds(9));

        Assert.Equal((1, 0), (work.Running, work.Tenants.Single().Used));
    }

    [Fact]
    public void Offer_OfAChunkThatIsAtWork_CountsItForWhoeverTakesItNext()
    {
        Offer(Ticket("a1"));
        _ = Take("w/0");
        Offer(Ticket("a1"));
        _ = Take("w/1");

        Assert.Equal(["w/1"], work.AssignedByWorker().Keys);
        work.End(new RenderJobId("a1"), 0, TimeSpan.FromSeconds(5));
        // The first one keeps the charge of a second: it was not told how long it had been at it.
        Assert.Equal((6, 0), (work.Tenants.Single().Used, work.Running));
    }

    [Fact]
    public void Offer_OfATenantThatWasAway_DoesNotBringBackWhatItDidNotUse()
    {
        for (int i = 0; i < 100; i++) Offer(Ticket($"a{i}", tenant: "a"));
        for (int i = 0; i < 50; i++) Run("w/0", seconds: 10);
        _ = Take("w/0"); // at work while b comes
        Offer(Ticket("b0", tenant: "b"), Ticket("b1", tenant: "b"), Ticket("b2", tenant: "b"));

        Assert.Equal(["a", "b", "a", "b", "a"], Enumerable.Range(0, 5).Select(_ => Run("w/1", seconds: 10).Tenant));
    }

    [Fact]
    public void Offer_OfATenantThatUsedAnIdleGrid_FindsItNotHeldAgainstIt()
    {
        Offer(Ticket("a0", tenant: "a"));
        Run("w/0", seconds: 1_000);

        Offer(Ticket("b0", tenant: "b"), Ticket("b1", tenant: "b"), Ticket("a1", tenant: "a"), Ticket("a2", tenant: "a"));

        Assert.Equal(["b", "a", "b", "a"], Enumerable.Range(0, 4).Select(_ => Run("w/0", seconds: 10).Tenant));
    }

    [Fact]
    public void Take_ByTheHolder_StaysWithItsJobWhileItsTenantIsThirtySecondsAndAChunkAheadAtMost()
    {
        Offer(Ticket("a", tenant: "a"), Ticket("b", tenant: "b"));
        for (int chunk = 0; chunk < 5; chunk++)
        {
            Assert.Equal("a", Run("w/0", seconds: 9).Job.Value);
            Offer(Ticket("a", chunk + 1, tenant: "a") with { Holder = "w/0" });
        }

        Assert.Equal("b", Run("w/0", seconds: 9).Job.Value);
    }

    [Fact]
    public void Take_ByTheHolder_LeavesItsJobForOneThatIsMoreThanAMinuteBeforeIt()
    {
        Offer(Ticket("held", 1, minute: 2) with { Holder = "w/0" }, Ticket("old", minute: 0));

        Assert.Equal(["old", "held"], All("w/0"));
    }

    [Fact]
    public void Take_PrefersTheLoadedModelWithinAMinute()
    {
        Offer(Ticket("other") with { Model = "n" }, Ticket("loaded") with { Since = Sample.Noon.AddSeconds(60) });
        Assert.Equal("loaded", Take("w/0", loaded: "m")!.Job.Value);

        Offer(Ticket("late") with { Since = Sample.Noon.AddSeconds(61) });
        Assert.Equal("other", Take("w/0", loaded: "m")!.Job.Value);
    }

    [Fact]
    public void Take_PrefersTheLoadedModelOfATenantThatIsAMinuteAndAChunkAheadAtMost()
    {
        for (int i = 0; i < 20; i++) Offer(Ticket($"a{i}", tenant: "a"), Ticket($"b{i}", tenant: "b") with { Model = "n" });
        _ = Run("w/0", seconds: 10);

        List<string> taken = [.. Enumerable.Range(0, 8).Select(_ => Run("w/0", seconds: 10, loaded: "m").Tenant)];

        // Ten seconds were had before; an eighth chunk would begin at more than seventy ahead.
        Assert.Equal(["a", "a", "a", "a", "a", "a", "a", "b"], taken);
    }

    [Fact]
    public void Take_OfMoreMemoryThanTheDeviceHas_IsForALargerOne()
    {
        Offer(Ticket("large") with { Memory = 20 }, Ticket("small", minute: 1) with { Memory = 10 });

        Assert.Equal("small", Take("w/0", memory: 10)!.Job.Value);
        Assert.Null(Take("w/0", memory: 19));
        Assert.Equal("large", Take("w/0", memory: 20)!.Job.Value);
    }

    [Fact]
    public void Take_OfMemoryThatOneSideDoesNotKnow_IsTried()
    {
        Offer(Ticket("unknown"), Ticket("large", minute: 1) with { Memory = 1_000 });

        Assert.Equal("unknown", Take("w/0", memory: 10)!.Job.Value);
        Assert.Equal("large", Take("w/0", memory: 0)!.Job.Value);
    }

    [Fact]
    public void Take_ByAWorkerThatItFailedOn_WaitsTenSecondsForAnother()
    {
        Offer(Ticket("failed") with { Avoid = ["w/0"] });
        Assert.Null(Take("w/0"));
        Assert.Equal(now.AddSeconds(10), work.NextOpening);
        now += TimeSpan.FromSeconds(10);
        Assert.Equal("failed", Take("w/0")!.Job.Value);

        Offer(Ticket("failed-again") with { Avoid = ["w/0"] });
        Assert.Equal("failed-again", Take("w/1")!.Job.Value);
    }

    [Fact]
    public void Offer_Again_AfterAnotherFailure_AvoidsThatWorkerToo()
    {
        var failedOn = new List<string> { "w/0" };
        Offer(Ticket("failed") with { Avoid = failedOn });
        failedOn.Add("w/1");
        Offer(Ticket("failed") with { Avoid = failedOn });

        Assert.Null(Take("w/1"));
    }

    [Fact]
    public void Open_OfATicketThatIsKeptAndAvoids_LaysItOpenStepByStep()
    {
        Offer(Ticket("both") with { Holder = "w/1", Avoid = ["w/0"] });
        var opened = new List<ChunkTicket>();
        Assert.Equal(now.AddMilliseconds(200), work.NextOpening);

        work.Open(now.AddMilliseconds(200), opened);
        Assert.Equal((1, now.AddSeconds(10)), (opened.Count, work.NextOpening));
        work.Open(now.AddSeconds(10), opened);

        Assert.Equal((2, null), (opened.Count, work.NextOpening));
    }

    [Fact]
    public void Take_OfAPausedTenant_GivesTheOthers_AndOfAPausedQueueNothing()
    {
        Offer(Ticket("a", tenant: "a"), Ticket("b", minute: 1, tenant: "b"));
        work.Pause("a", true);
        work.IsPaused = true;
        Assert.Null(Take("w/0"));
        work.IsPaused = false;
        Assert.Equal("b", Take("w/0")!.Job.Value);
        Assert.Null(Take("w/0"));

        work.Pause("a", false);

        Assert.Equal("a", Take("w/0")!.Job.Value);
    }

    [Fact]
    public void Expire_WithdrawsTheJobsWhoseDeadlineHasPassed()
    {
        Offer(
            Ticket("late", 0) with { Deadline = now.AddMinutes(1) }, Ticket("late", 1) with { Deadline = now.AddMinutes(1) },
            Ticket("later") with { Deadline = now.AddMinutes(2) }, Ticket("never"));
        Assert.Empty(work.Expire(now.AddSeconds(59)));

        Assert.Equal(["late"], work.Expire(now.AddMinutes(1)).Select(job => job.Value));
        Assert.Equal(["later"], work.Expire(now.AddHours(1)).Select(job => job.Value));
        Assert.Equal(["never"], All("w/0"));
    }

    [Fact]
    public void Offer_Again_OfATenantsOnlyTicket_LeavesItsStandingAsItIs()
    {
        Offer(Ticket("a", tenant: "a"), Ticket("b0", tenant: "b"));
        Assert.Equal("a", Run("w/0", seconds: 100).Tenant);
        Offer(Ticket("a", tenant: "a"));

        Offer(Ticket("b0", tenant: "b") with { Failures = 1 });

        Assert.Equal(0, work.Tenants.Single(tenant => tenant.Name == "b").VirtualTime);
    }

    [Fact]
    public void Position_BetweenTenants_CountsTheOthersJobsThatComeFirstByTheirShare()
    {
        for (int i = 0; i < 10; i++) Offer(Ticket($"a{i}", minute: i, tenant: "a"), Ticket($"b{i}", minute: i, tenant: "b"));

        Assert.Equal((0, 2, 4), (Position("a0"), Position("a1"), Position("a2")));
        Assert.Equal((1, 3, 5), (Position("b0"), Position("b1"), Position("b2")));
        work.SetShare("b", 4);
        Assert.Equal(5, Position("a1"));
        work.Pause("b", true);
        Assert.Equal(1, Position("a1"));
    }

    [Fact]
    public void Position_OfAllJobs_IsTheOrderInWhichTheyAreTaken()
    {
        work.SetShare("b", 4);
        for (int i = 0; i < 12; i++)
        {
            Offer(
                Ticket($"a{i}", minute: i, tenant: "a"), Ticket($"b{i}", minute: 12 - i, tenant: "b"),
                Ticket($"c{i}", minute: i / 2, tenant: "c"));
        }

        List<string> jobs = [.. Enumerable.Range(0, 12).SelectMany(i => new[] { $"a{i}", $"b{i}", $"c{i}" })];

        List<string> expected = [.. jobs.OrderBy(Position)];

        Assert.Equal(Enumerable.Range(0, 36), jobs.Select(job => Position(job)!.Value).Order());
        Assert.Equal(expected, All("w/0"));
    }

    [Fact]
    public void Ticket_OfAHundredThousandJobs_SharesItsNamesWithTheOthers()
    {
        Offer(Ticket("one", tenant: new string("tenant".ToCharArray())), Ticket("two", tenant: new string("tenant".ToCharArray())));

        Assert.Same(Take("w/0")!.Tenant, Take("w/0")!.Tenant);
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

    private int? Position(string job) => work.Position(new RenderJobId(job));

    private void Offer(params ChunkTicket[] tickets)
    {
        foreach (ChunkTicket ticket in tickets) work.Offer(ticket, now);
    }

    private ChunkTicket? Take(string worker, string? loaded = null, long memory = 0) =>
        work.Take(new WorkerOffer { Worker = worker, Models = ["m", "n"], Loaded = loaded, Memory = memory }, now);

    private ChunkTicket Run(string worker, double seconds, string? loaded = null)
    {
        ChunkTicket ticket = Take(worker, loaded)!;
        work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(seconds));
        return ticket;
    }

    private List<string> All(string worker)
    {
        var taken = new List<string>();
        while (Take(worker) is { } ticket) taken.Add(ticket.Job.Value);
        return taken;
    }
}
