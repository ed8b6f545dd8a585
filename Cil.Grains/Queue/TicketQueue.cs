using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>
/// Tickets that wait, chunks that workers have, and their tenants. Has no clock and calls no grain. The cost of a call grows
/// with the logarithm of the tickets, with the number of tenants that have nothing for the worker, and with the number of
/// memory sizes among a tenant's tickets.
/// </summary>
internal sealed class TicketQueue
{
    private readonly QueueOptions options;
    private readonly NameTable names = new();
    private readonly Dictionary<RenderJobId, QueuedJob> jobs = [];
    private readonly SortedBlocks<QueuedJob> deadlines = new(QueuedJob.ByDeadline);
    private readonly TenantTable tenants;
    private readonly TicketIndex index;
    private readonly AssignedTickets assigned;
    private readonly TicketChooser chooser;

    internal TicketQueue(QueueOptions options)
    {
        this.options = options;
        Charges = new ChargeEstimate(options);
        tenants = new TenantTable(names);
        index = new TicketIndex(options);
        assigned = new AssignedTickets(tenants, Charges);
        chooser = new TicketChooser(tenants, index, Charges, options);
    }

    internal bool IsPaused { get; set; }

    /// <summary>Jobs that wait.</summary>
    internal int Waiting { get; private set; }

    /// <summary>Chunks that workers have.</summary>
    internal int Running => assigned.Count;

    /// <summary>Jobs that workers have a chunk of.</summary>
    internal int RunningJobs => assigned.Jobs;

    /// <summary>The mean device time of recent chunks.</summary>
    internal ChargeEstimate Charges { get; }

    internal IReadOnlyCollection<QueueTenant> Tenants => tenants.All;

    /// <summary>Tenants with waiting tickets or running chunks, the one with the least usage first.</summary>
    internal SortedBlocks<QueueTenant> Active => tenants.Active;

    /// <summary>When the next ticket opens to more workers; null when none will.</summary>
    internal DateTimeOffset? NextOpening => index.NextOpening;

    /// <summary>Adds a ticket, or renews one that waits, which keeps its place.</summary>
    internal void Offer(ChunkTicket ticket, DateTimeOffset now)
    {
        _ = jobs.TryGetValue(ticket.Job, out QueuedJob? job);
        QueueTenant tenant = job?.Tenant ?? tenants.Get(ticket.Tenant);
        bool returns = !tenant.IsActive;
        if (job is not null)
        {
            if (job.Find(ticket.Chunk) is { } before)
            {
                // Jobs offer their tickets again at each check of their leases, most often unchanged.
                if (IsSame(before.Ticket, ticket)) return;
                Remove(before);
                if (before.Ticket.IsBound == ticket.IsBound) now = before.Offered;
            }

            if (job.Tickets.Count == 0) job = null;
        }

        assigned.Replace(ticket.Job, ticket.Chunk);
        if (returns) tenants.Return(tenant);
        tenants.Change(tenant, tickets: 1);
        if (job is null) jobs[ticket.Job] = job = new QueuedJob(ticket.Job, tenant);
        var item = new QueuedTicket(names.Shared(ticket, job), job, now, QueuePolicy.Effective(ticket, options));
        job.Tickets.Add(item);
        index.Add(item);
        Reorder(job);
    }

    /// <summary>Takes back whatever of a job waits.</summary>
    internal void Withdraw(RenderJobId id)
    {
        if (!jobs.TryGetValue(id, out QueuedJob? job)) return;
        while (job.Tickets.Count > 0) Remove(job.Tickets[^1]);
    }

    /// <summary>Opens tickets that were kept for some workers long enough.</summary>
    /// <param name="opened">Takes up the tickets that more workers may have now.</param>
    internal void Open(DateTimeOffset now, List<ChunkTicket>? opened = null) => index.Open(now, opened);

    /// <summary>The ticket for a worker, which has the chunk from here on; null when there is none for it.</summary>
    internal ChunkTicket? Take(WorkerOffer offer, DateTimeOffset now)
    {
        Open(now);
        if (IsPaused || chooser.Choose(offer, now) is not { } item) return null;
        assigned.Add(item.Ticket, names.Shared(offer.Worker), item.Job.Tenant);
        Remove(item);
        return item.Ticket;
    }

    /// <summary>A chunk that was taken is over.</summary>
    /// <param name="used">Device time; zero when it was not begun.</param>
    internal void End(RenderJobId job, int chunk, TimeSpan used) => assigned.End(job, chunk, used);

    /// <summary>Chunks of workers that are gone are over; what their tenants were charged with stays.</summary>
    internal void Forget(IReadOnlySet<string> workers) => assigned.Forget(workers);

    /// <summary>Withdraws jobs whose deadline has passed.</summary>
    internal IReadOnlyList<RenderJobId> Expire(DateTimeOffset now)
    {
        if (deadlines.First is not { } first || first.Deadline > now) return [];
        var expired = new List<RenderJobId>();
        while (deadlines.First is { } job && job.Deadline <= now)
        {
            expired.Add(job.Id);
            Withdraw(job.Id);
        }

        return expired;
    }

    internal void SetShare(string tenant, double share) => tenants.SetShare(tenant, share);

    internal void Pause(string tenant, bool isPaused) => tenants.Pause(tenant, isPaused);

    /// <summary>Whether the job has a chunk that is not bound to one worker.</summary>
    internal bool IsWaiting(RenderJobId job) => jobs.TryGetValue(job, out QueuedJob? waiting) && waiting.Place is not null;

    /// <summary>How many jobs go before this one; null when it does not wait.</summary>
    internal int? Position(RenderJobId id)
    {
        if (!jobs.TryGetValue(id, out QueuedJob? job) || job.Place is null) return null;
        QueueTenant tenant = job.Tenant;
        int own = tenant.Jobs.Rank(job), position = own;
        double seconds = Charges.Of(job.Tickets[0].Ticket.Model, job.Tickets[0].Ticket.Kind);
        foreach (QueueTenant other in Active)
        {
            if (other != tenant && !other.IsPaused)
                position += QueuePolicy.CountBefore(own, tenant.Usage, other.Usage, other.Jobs.Count, seconds);
        }

        return position;
    }

    /// <summary>Jobs of a tenant that wait.</summary>
    internal int WaitingOf(string tenant) => tenants.Find(tenant)?.Jobs.Count ?? 0;

    internal QueuedJob? Find(RenderJobId job) => jobs.GetValueOrDefault(job);

    internal QueuedTicket? Find(RenderJobId job, int chunk) => jobs.GetValueOrDefault(job)?.Find(chunk);

    /// <summary>Tickets that wait for any of several workers, by what a worker must have; none of what is paused.</summary>
    internal IEnumerable<(string Model, long Memory, int Tickets)> WaitingByNeed()
    {
        if (IsPaused) yield break;
        foreach (QueueTenant tenant in Active)
        {
            if (tenant.IsPaused) continue;
            foreach (TicketGroup group in tenant.Groups) yield return (group.Model, group.Memory, group.Open.Count + group.Avoiding.Count);
        }

        foreach (QueuedTicket item in index.Held)
        {
            if (!item.Job.Tenant.IsPaused) yield return (item.Ticket.Model, item.Ticket.Memory, 1);
        }
    }

    /// <summary>Chunks that workers have, and those that go on at one worker alone, with that worker.</summary>
    internal IEnumerable<(string Worker, ChunkTicket Ticket)> AssignedAndBound() =>
        assigned.All.Select(chunk => (chunk.Worker, chunk.Ticket))
            .Concat(index.Bound.Select(item => (item.Ticket.Holder!, item.Ticket)));

    /// <summary>The number of chunks that each worker has, without those that were handed to another worker since.</summary>
    internal Dictionary<string, int> AssignedByWorker() => assigned.ByWorker();

    private void Remove(QueuedTicket item)
    {
        QueuedJob job = item.Job;
        index.Remove(item);
        _ = job.Tickets.Remove(item);
        Reorder(job);
        if (job.Tickets.Count == 0) _ = jobs.Remove(job.Id);
        tenants.Change(job.Tenant, tickets: -1);
    }

    // Puts a job at the place that its tickets give it, among its tenant's jobs and among deadlines.
    private void Reorder(QueuedJob job)
    {
        long? place = null;
        DateTimeOffset? deadline = null;
        foreach (QueuedTicket item in job.Tickets)
        {
            if (item.Place != TicketAccess.Bound && (place is null || item.Effective < place)) place = item.Effective;
            if (item.Ticket.Deadline is { } end && (deadline is null || end < deadline)) deadline = end;
        }

        if (place != job.Place)
        {
            if (job.Place is not null && job.Tenant.Jobs.Remove(job)) Waiting--;
            job.Place = place;
            if (place is not null)
            {
                job.Tenant.Jobs.Add(job);
                Waiting++;
            }
        }

        if (deadline == job.Deadline) return;
        if (job.Deadline is not null) _ = deadlines.Remove(job);
        job.Deadline = deadline;
        if (deadline is not null) deadlines.Add(job);
    }

    private static bool IsSame(ChunkTicket one, ChunkTicket other) =>
        one.IsBound == other.IsBound && one.Holder == other.Holder && one.Since == other.Since && one.Priority == other.Priority
        && one.Failures == other.Failures && one.Memory == other.Memory && one.Deadline == other.Deadline && one.Model == other.Model
        && one.Tenant == other.Tenant && one.Kind == other.Kind && one.Avoid.SequenceEqual(other.Avoid);
}
