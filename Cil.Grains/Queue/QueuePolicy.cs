using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>
/// The order in which tickets are handed out, as pure functions. <see cref="Choose"/> defines it by looking at every ticket;
/// <see cref="TicketQueue"/> finds the same ticket through indexes, which property tests hold it to.
/// </summary>
internal static class QueuePolicy
{
    private const int MaxPriority = 1000;

    /// <summary>
    /// The instant, in ticks, by which a tenant's jobs are ordered: when the job was accepted, earlier by its priority,
    /// later by its failures. Jobs accepted later have later instants, so that every job becomes the first in the end.
    /// </summary>
    internal static long Effective(ChunkTicket ticket, QueueOptions options) =>
        ticket.Since.UtcTicks - (Math.Clamp(ticket.Priority, -MaxPriority, MaxPriority) * options.PriorityWeight.Ticks)
        + (ticket.Failures * options.FailureWeight.Ticks);

    /// <summary>Device-seconds that a tenant is ahead of another, at its own share.</summary>
    internal static double Lead(in TenantUsage tenant, in TenantUsage fairest) =>
        (tenant.VirtualTime - fairest.VirtualTime) * tenant.Share;

    /// <summary>
    /// Device-seconds that a tenant may be ahead of the fairest one. Running chunks are charged with an estimate; with n of
    /// them the sum errs by about one chunk's time times the square root of n, and that much is always allowed.
    /// </summary>
    /// <param name="chunk">Seconds that a chunk takes.</param>
    internal static double AllowedLead(in TenantUsage tenant, TimeSpan buffer, double chunk) =>
        buffer.TotalSeconds + (chunk * Math.Sqrt(Math.Max(1, tenant.Running)));

    /// <summary>Whether the worker's device has the model and, as far as both are known, the memory.</summary>
    internal static bool CanRun(WorkerOffer offer, string model, long memory)
    {
        if (memory > 0 && offer.Memory > 0 && memory > offer.Memory) return false;
        // By index: an enumerator would be allocated at each call.
        for (int i = 0; i < offer.Models.Count; i++)
        {
            if (offer.Models[i] == model) return true;
        }

        return false;
    }

    /// <summary>Whether a worker that can run the ticket may have it by now.</summary>
    /// <param name="offered">When the ticket was offered first.</param>
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
    /// The ticket that a worker gets, or null. A job whose latents the worker has is preferred, then a job of the model it
    /// has loaded, each only while it is not too far ahead of its turn; else it is the first ticket of the tenant with the
    /// least usage.
    /// </summary>
    /// <param name="waiting">All tickets, each with the time it was offered first.</param>
    /// <param name="usages">The usage of every tenant that has a ticket.</param>
    /// <param name="charges">The mean device time of recent chunks.</param>
    internal static ChunkTicket? Choose(
        IEnumerable<(ChunkTicket Ticket, DateTimeOffset Offered)> waiting,
        IReadOnlyDictionary<string, TenantUsage> usages,
        ChargeEstimate charges,
        WorkerOffer offer,
        DateTimeOffset now,
        QueueOptions options)
    {
        List<ChunkTicket> open = [.. waiting
            .Where(item => !usages[item.Ticket.Tenant].IsPaused && CanRun(offer, item.Ticket.Model, item.Ticket.Memory)
                && IsOpenTo(item.Ticket, item.Offered, offer.Worker, now, options))
            .Select(item => item.Ticket)
            .OrderBy(ticket => usages[ticket.Tenant].VirtualTime).ThenBy(ticket => usages[ticket.Tenant].ArrivalOrder)
            .ThenBy(ticket => Effective(ticket, options)).ThenBy(ticket => ticket.Job.Value, StringComparer.Ordinal)
            .ThenBy(ticket => ticket.Chunk)];
        if (open.Count == 0) return null;
        TenantUsage fairest = usages[open[0].Tenant];
        Dictionary<string, long> first = open.GroupBy(ticket => ticket.Tenant)
            .ToDictionary(tickets => tickets.Key, tickets => Effective(tickets.First(), options));
        return open.Find(ticket => ticket.Holder == offer.Worker && IsWithin(ticket, options.StickyDeviceTime, options.StickyAge))
            ?? open.Find(ticket => ticket.Model == offer.Loaded && IsWithin(ticket, options.LoadedDeviceTime, options.LoadedAge))
            ?? open[0];

        bool IsWithin(ChunkTicket ticket, TimeSpan lead, TimeSpan age) =>
            Lead(usages[ticket.Tenant], fairest) <= AllowedLead(usages[ticket.Tenant], lead, charges.LongestOf(ticket.Model))
                && Effective(ticket, options) - first[ticket.Tenant] <= age.Ticks;
    }

    /// <summary>
    /// How many of another tenant's waiting jobs are handed out before a job that has <paramref name="before"/> jobs of its
    /// own tenant before it, if every job takes the same device time and no more jobs are offered.
    /// </summary>
    /// <param name="seconds">That device time.</param>
    internal static int CountBefore(int before, in TenantUsage own, in TenantUsage other, int othersJobs, double seconds)
    {
        double mine = own.VirtualTime + (before * seconds / own.Share), jobs = (mine - other.VirtualTime) * other.Share / seconds;
        if (jobs < 0) return 0;
        // Tenants of equal usage are served in the order of their arrival.
        double count = jobs == Math.Floor(jobs) && other.ArrivalOrder < own.ArrivalOrder ? jobs + 1 : Math.Ceiling(jobs);
        return (int)Math.Min(count, othersJobs);
    }
}
