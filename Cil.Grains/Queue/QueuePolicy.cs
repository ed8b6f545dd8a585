using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>
/// Who is next, as pure functions. <see cref="Choose"/> is the definition, by looking at every ticket;
/// <see cref="WaitingWork"/> finds the same one without, which property tests hold it to.
/// </summary>
internal static class QueuePolicy
{
    private const int MaxPriority = 1000;

    /// <summary>
    /// The instant, in ticks, by which a tenant's jobs are ordered: when the job was accepted, earlier by its priority, later
    /// by its failures. Younger jobs count later and later, so that every job comes to be the first.
    /// </summary>
    internal static long Effective(ChunkTicket ticket, QueueOptions options) =>
        ticket.Since.UtcTicks - (Math.Clamp(ticket.Priority, -MaxPriority, MaxPriority) * options.PriorityWeight.Ticks) + (ticket.Failures * options.FailureWeight.Ticks);

    /// <summary>Device-seconds that a tenant is ahead of another, at its own share.</summary>
    internal static double Lead(in TenantStanding tenant, in TenantStanding fairest) => (tenant.Virtual - fairest.Virtual) * tenant.Share;

    /// <summary>
    /// Device-seconds that a tenant may be ahead of the fairest one. What its chunks at work take is charged before it is
    /// known: of n of them, one chunk times the root of n is what standings err by, and as much is always allowed.
    /// </summary>
    /// <param name="chunk">Seconds that a chunk takes.</param>
    internal static double MayLead(in TenantStanding tenant, TimeSpan buffer, double chunk) => buffer.TotalSeconds + (chunk * Math.Sqrt(Math.Max(1, tenant.Running)));

    /// <summary>Whether the worker's device has the model and, as far as both are known, the memory.</summary>
    internal static bool CanDo(WorkerOffer offer, string model, long memory)
    {
        if (memory > 0 && offer.Memory > 0 && memory > offer.Memory) return false;
        // By index: an enumerator would be an object for each look.
        for (int i = 0; i < offer.Models.Count; i++)
        {
            if (offer.Models[i] == model) return true;
        }

        return false;
    }

    /// <summary>Whether a worker may have the ticket by now, if it can do it.</summary>
    /// <param name="offered">When the ticket came to wait.</param>
    internal static bool IsOpenTo(ChunkTicket ticket, DateTimeOffset offered, string worker, DateTimeOffset now, QueueOptions options)
    {
        bool isHolder = ticket.Holder == worker;
        if (ticket.IsBound) return isHolder;
        if (ticket.Holder is not null && !isHolder && now - offered < options.Hold) return false;
        return now - offered >= options.AvoidFor || !Avoids(ticket, worker);
    }

    internal static bool Avoids(ChunkTicket ticket, string worker)
    {
        for (int i = 0; i < ticket.Avoid.Count; i++)
        {
            if (ticket.Avoid[i] == worker) return true;
        }

        return false;
    }

    /// <summary>
    /// The ticket that a worker gets, or null: of the job whose latents it has, unless that is too far ahead of its turn; else
    /// of the model that it has loaded, unless that is; else the first of the tenant that has had least.
    /// </summary>
    /// <param name="waiting">All tickets, each with when it came to wait.</param>
    /// <param name="standings">Of every tenant that has one.</param>
    /// <param name="charges">What chunks took lately.</param>
    internal static ChunkTicket? Choose(
        IEnumerable<(ChunkTicket Ticket, DateTimeOffset Offered)> waiting,
        IReadOnlyDictionary<string, TenantStanding> standings,
        ChargeEstimate charges,
        WorkerOffer offer,
        DateTimeOffset now,
        QueueOptions options)
    {
        List<ChunkTicket> open = [.. waiting
            .Where(item => !standings[item.Ticket.Tenant].IsPaused && CanDo(offer, item.Ticket.Model, item.Ticket.Memory) && IsOpenTo(item.Ticket, item.Offered, offer.Worker, now, options))
            .Select(item => item.Ticket)
            .OrderBy(ticket => standings[ticket.Tenant].Virtual).ThenBy(ticket => standings[ticket.Tenant].Came)
            .ThenBy(ticket => Effective(ticket, options)).ThenBy(ticket => ticket.Job.Value, StringComparer.Ordinal).ThenBy(ticket => ticket.Chunk)];
        if (open.Count == 0) return null;
        TenantStanding fairest = standings[open[0].Tenant];
        Dictionary<string, long> first = open.GroupBy(ticket => ticket.Tenant).ToDictionary(tickets => tickets.Key, tickets => Effective(tickets.First(), options));
        return open.Find(ticket => ticket.Holder == offer.Worker && IsWithin(ticket, options.StickyDeviceTime, options.StickyAge))
            ?? open.Find(ticket => ticket.Model == offer.Loaded && IsWithin(ticket, options.LoadedDeviceTime, options.LoadedAge))
            ?? open[0];

        bool IsWithin(ChunkTicket ticket, TimeSpan lead, TimeSpan age) =>
            Lead(standings[ticket.Tenant], fairest) <= MayLead(standings[ticket.Tenant], lead, charges.LongestOf(ticket.Model)) && Effective(ticket, options) - first[ticket.Tenant] <= age.Ticks;
    }

    /// <summary>
    /// How many of another tenant's waiting jobs go before one that has <paramref name="before"/> of its own tenant's before
    /// it, if every job takes the same device time and nothing more comes.
    /// </summary>
    /// <param name="seconds">That device time.</param>
    internal static int GoBefore(int before, in TenantStanding own, in TenantStanding other, int othersJobs, double seconds)
    {
        double mine = own.Virtual + (before * seconds / own.Share), jobs = (mine - other.Virtual) * other.Share / seconds;
        if (jobs < 0) return 0;
        // Of two tenants that stand alike, the one that came first.
        double count = jobs == Math.Floor(jobs) && other.Came < own.Came ? jobs + 1 : Math.Ceiling(jobs);
        return (int)Math.Min(count, othersJobs);
    }
}
