using Cil.Grains.Queue;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;
using CsCheck;

namespace Cil.Grains.Tests.Queue;

/// <summary>What a queue may live to see, and beside it every ticket in a plain dictionary.</summary>
internal sealed class QueueWorld
{
    private const int Jobs = 12, Workers = 4, Tenants = 3;

    private readonly Dictionary<(RenderJobId Job, int Chunk), (ChunkTicket Ticket, DateTimeOffset Offered)> waiting = [];
    private readonly List<ChunkTicket> taken = [];

    internal static QueueOptions Options { get; } = new();

    /// <summary>Any sequence of events.</summary>
    internal static Gen<Event[]> Events { get; } =
        Gen.Select(
            Gen.Int[0, 19], Gen.Int[0, int.MaxValue], Gen.Int[0, int.MaxValue],
            (kind, one, other) => new Event(kind, one, other)).Array[0, 250];

    internal DateTimeOffset Now { get; private set; } = Sample.Noon;

    internal TicketQueue Work { get; } = new(Options);

    internal IReadOnlyCollection<(ChunkTicket Ticket, DateTimeOffset Offered)> Waiting => waiting.Values;

    internal Dictionary<string, TenantUsage> Usages => Work.Tenants.ToDictionary(tenant => tenant.Name, tenant => tenant.Usage);

    /// <summary>Lets it happen.</summary>
    /// <param name="take">Told before each take: who asks.</param>
    /// <param name="took">Told what it got.</param>
    internal void Run(IEnumerable<Event> events, Action<WorkerOffer>? take = null, Action<WorkerOffer, ChunkTicket?>? took = null)
    {
        foreach (Event now in events)
        {
            (Random? one, int other) = (new Random(now.One), now.Other);
            switch (now.Kind)
            {
                case <= 7:
                    Offer(Ticket(one));
                    break;
                case <= 13:
                    WorkerOffer offer = Worker(one);
                    take?.Invoke(offer);
                    ChunkTicket? ticket = Work.Take(offer, Now);
                    took?.Invoke(offer, ticket);
                    if (ticket is null) break;
                    Assert.True(waiting.Remove((ticket.Job, ticket.Chunk)));
                    taken.Add(ticket);
                    break;
                case 14 or 15 when taken.Count > 0:
                    ChunkTicket ended = taken[other % taken.Count];
                    taken.RemoveAt(other % taken.Count);
                    Work.End(ended.Job, ended.Chunk, TimeSpan.FromSeconds(one.Next(0, 40)));
                    break;
                case 16:
                    Work.Pause($"t{other % Tenants}", one.Next(3) == 0);
                    Work.SetShare($"t{one.Next(Tenants)}", one.Next(1, 5) / 2.0);
                    break;
                case 17:
                    RenderJobId gone = Job(other % Jobs);
                    Work.Withdraw(gone);
                    foreach ((RenderJobId, int) key in waiting.Keys.Where(key => key.Job == gone).ToList()) waiting.Remove(key);
                    break;
                default:
                    Now += TimeSpan.FromMilliseconds(one.Next(3) switch { 0 => other % 300, 1 => other % 12_000, _ => other % 300_000 });
                    HashSet<RenderJobId> expired = [.. Work.Expire(Now)];
                    Assert.Equal(
                        waiting.Values.Where(item => item.Ticket.Deadline <= Now).Select(item => item.Ticket.Job).ToHashSet(), expired);
                    foreach ((RenderJobId, int) key in waiting.Keys.Where(key => expired.Contains(key.Job)).ToList()) waiting.Remove(key);
                    break;
            }
        }
    }

    /// <summary>Takes everything back.</summary>
    internal void Clear()
    {
        for (int job = 0; job < Jobs; job++) Work.Withdraw(Job(job));
        waiting.Clear();
        foreach (ChunkTicket ticket in taken) Work.End(ticket.Job, ticket.Chunk, TimeSpan.FromSeconds(1));
        taken.Clear();
    }

    private void Offer(ChunkTicket ticket)
    {
        Work.Offer(ticket, Now);
        DateTimeOffset offered = waiting.TryGetValue((ticket.Job, ticket.Chunk), out (ChunkTicket Ticket, DateTimeOffset Offered) before)
            && before.Ticket.IsBound == ticket.IsBound
            ? before.Offered
            : Now;
        waiting[(ticket.Job, ticket.Chunk)] = (ticket, offered);
    }

    private static RenderJobId Job(int number) => new($"job{number}");

    // A job's tenant, age, model and deadline are its own; the rest changes as it goes on.
    private static ChunkTicket Ticket(Random random)
    {
        int job = random.Next(Jobs), chunk = random.Next(3);
        string? holder = random.Next(3) == 0 ? $"w/{random.Next(Workers)}" : null;
        return new ChunkTicket
        {
            Job = Job(job),
            Chunk = chunk,
            Kind = chunk == 2 ? ChunkKind.Decode : ChunkKind.Denoise,
            Model = $"m{job / Tenants % 2}",
            Since = Sample.Noon.AddSeconds(job * 25),
            Tenant = $"t{job % Tenants}",
            Priority = job % 5 == 0 ? 1 : 0,
            Failures = random.Next(8) == 0 ? 1 : 0,
            Deadline = job % 6 == 1 ? Sample.Noon.AddMinutes(job * 10) : null,
            Memory = random.Next(3) * 10L,
            Holder = holder,
            IsBound = holder is not null && random.Next(3) == 0,
            Avoid = [.. Enumerable.Range(0, Workers).Where(_ => random.Next(6) == 0).Select(worker => $"w/{worker}")],
        };
    }

    private static WorkerOffer Worker(Random random)
    {
        int number = random.Next(Workers);
        return new WorkerOffer
        {
            Worker = $"w/{number}",
            Models = number == 0 ? ["m0"] : ["m0", "m1"],
            Loaded = random.Next(3) switch { 0 => null, 1 => "m0", _ => "m1" },
            Memory = number switch { 1 => 10, 2 => 20, _ => 0 },
        };
    }

    internal sealed record Event(int Kind, int One, int Other);
}
