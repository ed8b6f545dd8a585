using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using CsCheck;

namespace Cil.Grains.Tests.Queue;

/// <summary>What holds for every queue, whatever it lives to see.</summary>
public sealed class TicketQueueProperties
{
    private static readonly QueueOptions Options = QueueWorld.Options;

    [Fact]
    public void Take_OfAnyQueue_IsWhatThePolicySaysOfAllItsTickets() => QueueWorld.Events.Sample(
        events =>
        {
            var world = new QueueWorld();
            ChunkTicket? expected = null;
            world.Run(
                events,
                offer => expected = QueuePolicy.Choose(world.Waiting, world.Usages, world.Work.Charges, offer, world.Now, Options),
                (_, ticket) => Assert.Equal((expected?.Job, expected?.Chunk), (ticket?.Job, ticket?.Chunk)));
        },
        iter: 500,
        threads: 1);

    [Fact]
    public void Take_OfAnyQueue_IsNeverFurtherFromItsTurnThanTheBuffersAllow() => QueueWorld.Events.Sample(
        events =>
        {
            var world = new QueueWorld();
            List<ChunkTicket> open = [];
            Dictionary<string, TenantUsage> usages = [];
            world.Run(
                events,
                offer =>
                {
                    usages = world.Usages;
                    open = [.. world.Waiting.Where(
                        item => !usages[item.Ticket.Tenant].IsPaused && QueuePolicy.CanRun(offer, item.Ticket.Model, item.Ticket.Memory)
                            && QueuePolicy.IsOpenTo(item.Ticket, item.Offered, offer.Worker, world.Now, Options))
                                .Select(item => item.Ticket)];
                },
                (offer, ticket) =>
                {
                    if (ticket is null) return;
                    TenantUsage own = usages[ticket.Tenant];
                    double lead = open.Max(other => QueuePolicy.Lead(own, usages[other.Tenant]));
                    long age = QueuePolicy.Effective(ticket, Options)
                        - open.Where(other => other.Tenant == ticket.Tenant).Min(other => QueuePolicy.Effective(other, Options));
                    double chunk = world.Work.Charges.LongestOf(ticket.Model);
                    bool sticky = ticket.Holder == offer.Worker
                        && lead <= QueuePolicy.AllowedLead(own, Options.StickyDeviceTime, chunk)
                        && age <= Options.StickyAge.Ticks;
                    bool loaded = ticket.Model == offer.Loaded
                        && lead <= QueuePolicy.AllowedLead(own, Options.LoadedDeviceTime, chunk)
                        && age <= Options.LoadedAge.Ticks;
                    Assert.True(
                        sticky || loaded || (lead <= 0 && age == 0),
                        $"ahead by {lead} device-seconds, younger by {TimeSpan.FromTicks(age)}");
                });
        },
        iter: 300,
        threads: 1);

    [Fact]
    public void Counts_OfAnyQueue_AreThoseOfItsTickets() => QueueWorld.Events.Sample(
        events =>
        {
            var world = new QueueWorld();
            world.Run(events, took: (_, _) =>
                Assert.Equal(world.Work.Tenants.Sum(tenant => tenant.Jobs.Count), world.Work.Waiting));
            Assert.Equal(
                world.Waiting.Where(item => !item.Ticket.IsBound).Select(item => item.Ticket.Job).Distinct().Count(), world.Work.Waiting);

            world.Clear();

            Assert.Equal((0, 0, null, 0), (world.Work.Waiting, world.Work.Running, world.Work.NextOpening, world.Work.Active.Count));
            Assert.Empty(world.Work.Expire(DateTimeOffset.MaxValue));
            Assert.All(world.Work.Tenants, tenant => Assert.Empty(tenant.Groups));
        },
        iter: 300,
        threads: 1);

    [Fact]
    public void Shares_OfTenantsThatAlwaysHaveWork_AreAsSetWithinFivePercent() =>
        Gen.Select(Gen.Int[1, 8].Array[2, 5], Gen.Int[1, 6], Gen.Int[0, int.MaxValue]).Sample(
            (shares, devices, seed) =>
            {
                const double Seconds = 100_000;
                var random = new Random(seed);
                var work = new TicketQueue(Options);
                int job = 0;
                double[] durations = new double[shares.Length];
                for (int tenant = 0; tenant < shares.Length; tenant++)
                {
                    work.SetShare(Name(tenant), shares[tenant]);
                    durations[tenant] = 0.5 + (random.NextDouble() * 15);
                    for (int i = 0; i < devices + 1; i++) work.Offer(New(tenant, Sample.Noon), Sample.Noon);
                }

                var ends = new PriorityQueue<(int Device, ChunkTicket? Ended, double Used), double>();
                for (int device = 0; device < devices; device++) ends.Enqueue((device, null, 0), 0);
                while (ends.TryDequeue(out (int Device, ChunkTicket? Ended, double Used) end, out double at) && at < Seconds)
                {
                    DateTimeOffset now = Sample.Noon.AddSeconds(at);
                    if (end.Ended is { } ended)
                    {
                        int tenant = int.Parse(ended.Tenant, null);
                        // The job's next chunk, or the tenant's next job.
                        ChunkTicket next = ended.Chunk < 7
                            ? ended with { Chunk = ended.Chunk + 1, Holder = $"w/{end.Device}" }
                            : New(tenant, now);
                        work.Offer(next, now);
                        work.End(ended.Job, ended.Chunk, TimeSpan.FromSeconds(end.Used));
                    }

                    ChunkTicket? ticket = work.Take(new WorkerOffer { Worker = $"w/{end.Device}", Models = ["m"] }, now);
                    double used = ticket is null ? 1 : durations[int.Parse(ticket.Tenant, null)] * (0.5 + random.NextDouble());
                    ends.Enqueue((end.Device, ticket, used), at + used);
                }

                double all = work.Tenants.Sum(tenant => tenant.Used);
                foreach (QueueTenant tenant in work.Tenants)
                {
                    double wanted = tenant.Share / shares.Sum(), had = tenant.Used / all;
                    Assert.True(
                        Math.Abs((had / wanted) - 1) < 0.05,
                        $"shares {string.Join(' ', shares)}, {devices} devices: tenant {tenant.Name} had {had:F4} of all, wanted "
                            + $"{wanted:F4}");
                }

                ChunkTicket New(int tenant, DateTimeOffset since) => Any($"job{job++}", since) with { Tenant = Name(tenant) };
            },
            iter: 20,
            threads: 1);

    [Fact]
    public void Take_UnderEndlessArrivalsOfHigherPriority_StillComesToEveryJob() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 3], Gen.Int[1, 20], Gen.Int[0, 1]).Sample(
            (priority, failures, seconds, otherTenant) =>
            {
                var work = new TicketQueue(Options);
                DateTimeOffset now = Sample.Noon;
                work.Offer(Any("low", now) with { Failures = failures }, now);
                // One job comes for every one that is taken: there is never an end of them, and with the limit of the oldest
                // one's effective time, the wait for it has one.
                DateTimeOffset limit =
                    now + (priority * Options.PriorityWeight) + (failures * Options.FailureWeight) + TimeSpan.FromMinutes(30);
                for (int i = 0; ; i++)
                {
                    work.Offer(
                        Any($"high{i}", now) with { Priority = priority, Tenant = otherTenant == 1 && i % 2 == 0 ? "other" : "default" },
                        now);
                    ChunkTicket ticket = work.Take(new WorkerOffer { Worker = "w/0", Models = ["m"] }, now)!;
                    now += TimeSpan.FromSeconds(seconds);
                    work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(seconds));
                    if (ticket.Job.Value == "low") return;
                    Assert.True(now < limit, $"after {now - Sample.Noon} the job of low priority still waits");
                }
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void Take_UnderEndlessNewTenants_StillComesToEveryTenant() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20]).Sample(
            (seconds, others) =>
            {
                var work = new TicketQueue(Options);
                DateTimeOffset now = Sample.Noon;
                work.Offer(Any("old", now) with { Tenant = "zzz" }, now);
                for (int i = 0; ; i++)
                {
                    Assert.True(i < 1_000, "the tenant that was there first still waits");
                    for (int j = 0; j < others; j++)
                        work.Offer(Any($"job{i}.{j}".Replace('.', '-'), now) with { Tenant = $"a{i}-{j}" }, now);
                    ChunkTicket ticket = work.Take(new WorkerOffer { Worker = "w/0", Models = ["m"] }, now)!;
                    now += TimeSpan.FromSeconds(seconds);
                    work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(seconds));
                    if (ticket.Job.Value == "old") return;
                }
            },
            iter: 50,
            threads: 1);

    private static string Name(int tenant) => tenant.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ChunkTicket Any(string job, DateTimeOffset since) =>
        new() { Job = new RenderJobId(job), Chunk = 0, Kind = ChunkKind.Denoise, Model = "m", Since = since };
}
