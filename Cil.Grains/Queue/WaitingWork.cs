using System.Runtime.InteropServices;
using Cil.Interfaces;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>
/// Tickets that wait and chunks that are at work, with their tenants' standings: finds by indexes what
/// <see cref="QueuePolicy"/> says. Knows no clock and no grain; what it costs grows with the logarithm of what waits, with the
/// tenants that a worker can do nothing for, and with the sizes of memory that a tenant's tickets ask for.
/// </summary>
internal sealed class WaitingWork(QueueOptions options)
{
    private readonly Dictionary<RenderJobId, WaitingJob> jobs = [];
    private readonly Dictionary<RenderJobId, List<TakenChunk>> running = [];
    private readonly Dictionary<string, WaitingTenant> tenants = new(StringComparer.Ordinal);
    private readonly SortedBlocks<WaitingTenant> active = new(WaitingTenant.InOrder);
    private readonly SortedBlocks<WaitingTicket> passing = new(WaitingTicket.ByDue);
    private readonly SortedBlocks<WaitingJob> deadlines = new(WaitingJob.ByDeadline);
    private readonly Dictionary<string, List<WaitingTicket>> held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly ChargeEstimate charges = new(options);
    private readonly List<WaitingTicket> own = [];
    private long came;

    internal bool IsPaused { get; set; }

    /// <summary>Jobs that wait, and chunks that workers have.</summary>
    internal int Waiting { get; private set; }

    internal int Running { get; private set; }

    /// <summary>What chunks took lately.</summary>
    internal ChargeEstimate Charges => charges;

    internal IReadOnlyCollection<WaitingTenant> Tenants => tenants.Values;

    /// <summary>When the next ticket opens to more workers; null when none will.</summary>
    internal DateTimeOffset? NextOpening => passing.First?.Due;

    /// <summary>Adds a ticket, or renews one that waits, which keeps its place.</summary>
    internal void Offer(ChunkTicket ticket, DateTimeOffset now)
    {
        _ = jobs.TryGetValue(ticket.Job, out WaitingJob? job);
        WaitingTenant tenant = job?.Tenant ?? Tenant(ticket.Tenant);
        bool isBack = !tenant.IsActive;
        if (job is not null)
        {
            if (job.Find(ticket.Chunk) is { } before)
            {
                // What a job says again from time to time is most often the same.
                if (Same(before.Ticket, ticket)) return;
                Remove(before);
                if (before.Ticket.IsBound == ticket.IsBound) now = before.Offered;
            }

            if (job.Tickets.Count == 0) job = null;
        }

        if (running.TryGetValue(ticket.Job, out List<TakenChunk>? chunks)) Replace(chunks, ticket.Chunk);
        if (isBack) (tenant.Virtual, tenant.Came) = (Math.Max(tenant.Virtual, Floor()), ++came);
        Change(tenant, tickets: 1);
        if (job is null) jobs[ticket.Job] = job = new WaitingJob(ticket.Job, tenant);
        var item = new WaitingTicket(Share(ticket, job, tenant), job, now, QueuePolicy.Effective(ticket, options));
        job.Tickets.Add(item);
        if (item.Ticket.Holder is { } holder)
        {
            ref List<WaitingTicket>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(held, holder, out _);
            (list ??= new(1)).Add(item);
        }

        Lay(item, PlaceOf(item.Ticket));
        Reorder(job);
    }

    /// <summary>Takes back whatever of a job waits.</summary>
    internal void Withdraw(RenderJobId id)
    {
        if (!jobs.TryGetValue(id, out WaitingJob? job)) return;
        while (job.Tickets.Count > 0) Remove(job.Tickets[^1]);
    }

    /// <summary>Lays open what was kept for some workers long enough.</summary>
    /// <param name="opened">Takes up the tickets that more workers may have now.</param>
    internal void Open(DateTimeOffset now, List<ChunkTicket>? opened = null)
    {
        while (passing.First is { } item && item.Due <= now)
        {
            WaitingPlace next = item.Place == WaitingPlace.Held && item.Ticket.Avoid.Count > 0 && now - item.Offered < options.AvoidFor ? WaitingPlace.Avoiding : WaitingPlace.Open;
            Lift(item);
            Lay(item, next);
            opened?.Add(item.Ticket);
        }
    }

    /// <summary>The ticket for a worker, which is at work from here on; null when there is none for it.</summary>
    internal ChunkTicket? Take(WorkerOffer offer, DateTimeOffset now)
    {
        Open(now);
        if (IsPaused || Choose(offer, now) is not { } item) return null;
        WaitingTenant tenant = item.Job.Tenant;
        double charge = charges.Of(item.Ticket.Model, item.Ticket.Kind);
        ref List<TakenChunk>? chunks = ref CollectionsMarshal.GetValueRefOrAddDefault(running, item.Job.Id, out _);
        (chunks ??= new(1)).Add(new TakenChunk(item.Ticket, Name(offer.Worker), tenant, charge));
        Running++;
        Change(tenant, running: 1, seconds: charge);
        Remove(item);
        return item.Ticket;
    }

    /// <summary>A chunk that was taken is over; what it was charged with is put right.</summary>
    /// <param name="used">Device time; zero when it was not begun.</param>
    internal void End(RenderJobId job, int chunk, TimeSpan used)
    {
        if (!running.TryGetValue(job, out List<TakenChunk>? chunks) || chunks.FindLast(item => item.Ticket.Chunk == chunk) is not { } ended) return;
        if (used > TimeSpan.Zero) charges.Add(ended.Ticket.Model, ended.Ticket.Kind, used.TotalSeconds);
        End(chunks, ended, Math.Max(0, used.TotalSeconds));
        // Of those that had it before nobody will speak any more.
        while (chunks.FindLast(item => item.Ticket.Chunk == chunk) is { } before) End(chunks, before, before.Charge);
    }

    /// <summary>Chunks that these workers took are over; what they were charged with stays.</summary>
    internal void Forget(IReadOnlySet<string> workers)
    {
        foreach (TakenChunk gone in running.Values.SelectMany(chunks => chunks).Where(chunk => workers.Contains(chunk.Worker)).ToList())
            End(running[gone.Ticket.Job], gone, gone.Charge);
    }

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

    internal void SetShare(string tenant, double share) => Tenant(tenant).Share = share;

    internal void Pause(string tenant, bool isPaused)
    {
        WaitingTenant paused = Tenant(tenant);
        // One that was away for long does not get all of it back at once.
        if (paused.IsPaused && !isPaused) Raise(paused, Floor());
        paused.IsPaused = isPaused;
    }

    /// <summary>Whether it has a chunk that any worker may come for.</summary>
    internal bool IsWaiting(RenderJobId job) => jobs.TryGetValue(job, out WaitingJob? waiting) && waiting.Place is not null;

    /// <summary>How many jobs go before this one; null when it does not wait.</summary>
    internal int? Position(RenderJobId id)
    {
        if (!jobs.TryGetValue(id, out WaitingJob? job) || job.Place is null) return null;
        WaitingTenant tenant = job.Tenant;
        int own = tenant.Jobs.Rank(job), position = own;
        double seconds = charges.Of(job.Tickets[0].Ticket.Model, job.Tickets[0].Ticket.Kind);
        foreach (WaitingTenant other in active)
        {
            if (other != tenant && !other.IsPaused) position += QueuePolicy.GoBefore(own, tenant.Standing, other.Standing, other.Jobs.Count, seconds);
        }

        return position;
    }

    /// <summary>Jobs of a tenant that wait.</summary>
    internal int WaitingOf(string tenant) => tenants.GetValueOrDefault(tenant)?.Jobs.Count ?? 0;

    internal WaitingJob? Find(RenderJobId job) => jobs.GetValueOrDefault(job);

    internal WaitingTicket? Find(RenderJobId job, int chunk) => jobs.GetValueOrDefault(job)?.Find(chunk);

    /// <summary>Tenants of whom something waits or is at work, the fairest first.</summary>
    internal SortedBlocks<WaitingTenant> Active => active;

    /// <summary>Chunks that each worker has, those not counted that went to another.</summary>
    internal Dictionary<string, int> ChunksInHand() => running.Values.SelectMany(chunks => chunks).Where(chunk => !chunk.IsReplaced)
        .GroupBy(chunk => chunk.Worker, StringComparer.Ordinal).ToDictionary(chunks => chunks.Key, chunks => chunks.Count(), StringComparer.Ordinal);

    private WaitingTicket? Choose(WorkerOffer offer, DateTimeOffset now)
    {
        own.Clear();
        if (held.TryGetValue(offer.Worker, out List<WaitingTicket>? mine))
        {
            foreach (WaitingTicket item in mine)
            {
                if (!item.Job.Tenant.IsPaused && QueuePolicy.CanDo(offer, item.Ticket.Model, item.Ticket.Memory) && QueuePolicy.IsOpenTo(item.Ticket, item.Offered, offer.Worker, now, options)) own.Add(item);
            }
        }

        WaitingTicket? best = null;
        foreach (WaitingTenant tenant in active)
        {
            if ((best = First(tenant, offer)) is not null) break;
        }

        if (best is null) return null;
        TenantStanding fairest = best.Job.Tenant.Standing;
        return Sticky(offer, fairest) ?? Loaded(offer, best, fairest) ?? best;
    }

    private WaitingTicket? Sticky(WorkerOffer offer, in TenantStanding fairest)
    {
        WaitingTicket? first = null;
        foreach (WaitingTicket item in own)
        {
            WaitingTenant tenant = item.Job.Tenant;
            if (QueuePolicy.Lead(tenant.Standing, fairest) > QueuePolicy.MayLead(tenant.Standing, options.StickyDeviceTime, charges.LongestOf(item.Ticket.Model))) continue;
            if (item.Effective - First(tenant, offer)!.Effective > options.StickyAge.Ticks) continue;
            if (first is null || WaitingTenant.InOrder.Compare(tenant, first.Job.Tenant) is < 0 || (tenant == first.Job.Tenant && WaitingTicket.Compare(item, first) < 0)) first = item;
        }

        return first;
    }

    private WaitingTicket? Loaded(WorkerOffer offer, WaitingTicket best, in TenantStanding fairest)
    {
        if (offer.Loaded is not { } model || best.Ticket.Model == model) return null;
        foreach (WaitingTenant tenant in active)
        {
            if (tenant.Virtual < fairest.Virtual || First(tenant, offer, model) is not { } item) continue;
            if (QueuePolicy.Lead(tenant.Standing, fairest) > QueuePolicy.MayLead(tenant.Standing, options.LoadedDeviceTime, charges.LongestOf(model))) continue;
            if (item.Effective - First(tenant, offer)!.Effective <= options.LoadedAge.Ticks) return item;
        }

        return null;
    }

    // A tenant's first for a worker, whose own are gathered already.
    private WaitingTicket? First(WaitingTenant tenant, WorkerOffer offer, string? model = null)
    {
        if (tenant.IsPaused || tenant.Tickets == 0) return null;
        WaitingTicket? first = null;
        foreach (WaitingGroup group in tenant.Groups)
        {
            if ((model is null || group.Model == model) && QueuePolicy.CanDo(offer, group.Model, group.Memory)) first = Earlier(first, group.First(offer.Worker));
        }

        foreach (WaitingTicket item in own)
        {
            if (item.Job.Tenant == tenant && (model is null || item.Ticket.Model == model)) first = Earlier(first, item);
        }

        return first;
    }

    private static WaitingTicket? Earlier(WaitingTicket? one, WaitingTicket? other) =>
        one is null ? other : other is null || WaitingTicket.Compare(one, other) <= 0 ? one : other;

    private static WaitingPlace PlaceOf(ChunkTicket ticket) => ticket switch
    {
        { IsBound: true } => WaitingPlace.Bound,
        { Holder: not null } => WaitingPlace.Held,
        { Avoid.Count: > 0 } => WaitingPlace.Avoiding,
        _ => WaitingPlace.Open,
    };

    private void Lay(WaitingTicket item, WaitingPlace place)
    {
        item.Place = place;
        if (place is WaitingPlace.Held or WaitingPlace.Avoiding)
        {
            item.Due = item.Offered + (place == WaitingPlace.Held ? options.Hold : options.AvoidFor);
            passing.Add(item);
        }

        if (place is WaitingPlace.Held or WaitingPlace.Bound) return;
        WaitingTenant tenant = item.Job.Tenant;
        if (tenant.Find(item.Ticket.Model, item.Ticket.Memory) is not { } group) tenant.Groups.Add(group = new WaitingGroup(item.Ticket.Model, item.Ticket.Memory));
        (place == WaitingPlace.Open ? group.Open : group.Avoiding).Add(item);
    }

    private void Lift(WaitingTicket item)
    {
        if (item.Place is WaitingPlace.Held or WaitingPlace.Avoiding) _ = passing.Remove(item);
        if (item.Place is WaitingPlace.Held or WaitingPlace.Bound) return;
        WaitingTenant tenant = item.Job.Tenant;
        WaitingGroup group = tenant.Find(item.Ticket.Model, item.Ticket.Memory)!;
        _ = (item.Place == WaitingPlace.Open ? group.Open : group.Avoiding).Remove(item);
        if (group.IsEmpty) _ = tenant.Groups.Remove(group);
    }

    private void Remove(WaitingTicket item)
    {
        WaitingJob job = item.Job;
        Lift(item);
        if (item.Ticket.Holder is { } holder && held.TryGetValue(holder, out List<WaitingTicket>? list))
        {
            _ = list.Remove(item);
            if (list.Count == 0) _ = held.Remove(holder);
        }

        _ = job.Tickets.Remove(item);
        Reorder(job);
        if (job.Tickets.Count == 0) _ = jobs.Remove(job.Id);
        Change(job.Tenant, tickets: -1);
    }

    // Puts a job where its tickets say.
    private void Reorder(WaitingJob job)
    {
        long? place = null;
        DateTimeOffset? deadline = null;
        foreach (WaitingTicket item in job.Tickets)
        {
            if (item.Place != WaitingPlace.Bound && (place is null || item.Effective < place)) place = item.Effective;
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

    private static void Replace(List<TakenChunk> chunks, int chunk)
    {
        foreach (TakenChunk item in chunks)
        {
            if (item.Ticket.Chunk == chunk) item.IsReplaced = true;
        }
    }

    private void End(List<TakenChunk> chunks, TakenChunk ended, double used)
    {
        _ = chunks.Remove(ended);
        if (chunks.Count == 0) _ = running.Remove(ended.Ticket.Job);
        Running--;
        ended.Tenant.Used += used;
        Change(ended.Tenant, running: -1, seconds: used - ended.Charge);
    }

    // The place among tenants follows.
    private void Change(WaitingTenant tenant, int tickets = 0, int running = 0, double seconds = 0)
    {
        bool isMoved = seconds != 0, was = tenant.IsActive, becomes = tenant.Tickets + tickets + tenant.Running + running > 0;
        if (was && (isMoved || !becomes)) _ = active.Remove(tenant);
        tenant.Tickets += tickets;
        tenant.Running += running;
        tenant.Virtual += seconds / tenant.Share;
        if (becomes && (isMoved || !was)) active.Add(tenant);
    }

    private void Raise(WaitingTenant tenant, double floor)
    {
        if (tenant.Virtual >= floor) return;
        if (tenant.IsActive) _ = active.Remove(tenant);
        tenant.Virtual = floor;
        if (tenant.IsActive) active.Add(tenant);
    }

    // What a tenant that comes back is at least at: the least of those that are served, or else that wait; when nobody is
    // there, the most that anybody had, so that what was used while others slept is not held against anyone.
    private double Floor()
    {
        double? waiting = null;
        foreach (WaitingTenant tenant in active)
        {
            if (tenant.IsPaused) continue;
            if (tenant.Running > 0) return tenant.Virtual;
            waiting ??= tenant.Virtual;
        }

        return waiting ?? tenants.Values.Max(tenant => tenant.Virtual);
    }

    private WaitingTenant Tenant(string name)
    {
        if (tenants.TryGetValue(name, out WaitingTenant? tenant)) return tenant;
        tenant = new WaitingTenant(Name(name));
        tenants.Add(tenant.Name, tenant);
        return tenant;
    }

    // A hundred thousand tickets name a few models, tenants and workers: once each. What a job adds to is copied.
    private ChunkTicket Share(ChunkTicket ticket, WaitingJob job, WaitingTenant tenant)
    {
        string model = Name(ticket.Model);
        string? holder = ticket.Holder is null ? null : Name(ticket.Holder);
        bool isShared = ReferenceEquals(model, ticket.Model) && ReferenceEquals(holder, ticket.Holder) && ReferenceEquals(tenant.Name, ticket.Tenant) && ReferenceEquals(job.Id.Value, ticket.Job.Value) && ticket.Avoid.Count == 0;
        return isShared ? ticket : ticket with { Job = job.Id, Model = model, Holder = holder, Tenant = tenant.Name, Avoid = [.. ticket.Avoid.Select(Name)] };
    }

    private string Name(string name)
    {
        if (names.TryGetValue(name, out string? known)) return known;
        names.Add(name, name);
        return name;
    }

    private static bool Same(ChunkTicket one, ChunkTicket other) =>
        one.IsBound == other.IsBound && one.Holder == other.Holder && one.Since == other.Since && one.Priority == other.Priority && one.Failures == other.Failures
        && one.Memory == other.Memory && one.Deadline == other.Deadline && one.Model == other.Model && one.Tenant == other.Tenant && one.Kind == other.Kind && one.Avoid.SequenceEqual(other.Avoid);
}
