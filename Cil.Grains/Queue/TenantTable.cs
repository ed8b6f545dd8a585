namespace Cil.Grains.Queue;

/// <summary>All tenants; those with waiting tickets or running chunks in the order of their usage.</summary>
internal sealed class TenantTable(NameTable names)
{
    private readonly Dictionary<string, QueueTenant> tenants = new(StringComparer.Ordinal);
    private long arrivals;

    internal IReadOnlyCollection<QueueTenant> All => tenants.Values;

    /// <summary>Tenants with waiting tickets or running chunks, the one with the least usage first.</summary>
    internal SortedBlocks<QueueTenant> Active { get; } = new(QueueTenant.InOrder);

    internal QueueTenant? Find(string name) => tenants.GetValueOrDefault(name);

    /// <summary>The tenant of that name, known from here on.</summary>
    internal QueueTenant Get(string name)
    {
        if (tenants.TryGetValue(name, out QueueTenant? tenant)) return tenant;
        tenant = new QueueTenant(names.Shared(name));
        tenants.Add(tenant.Name, tenant);
        return tenant;
    }

    /// <summary>A tenant that had nothing waiting and nothing running comes back: it gets no credit for the time it was away.</summary>
    internal void Return(QueueTenant tenant) =>
        (tenant.VirtualTime, tenant.ArrivalOrder) = (Math.Max(tenant.VirtualTime, Floor()), ++arrivals);

    internal void SetShare(string name, double share) => Get(name).Share = share;

    internal void Pause(string name, bool isPaused)
    {
        QueueTenant tenant = Get(name);
        // A pause gives no credit either.
        if (tenant.IsPaused && !isPaused) Raise(tenant, Floor());
        tenant.IsPaused = isPaused;
    }

    /// <summary>Counts tickets and chunks of a tenant, and device time against it; its place among tenants follows.</summary>
    internal void Change(QueueTenant tenant, int tickets = 0, int running = 0, double seconds = 0)
    {
        bool isMoved = seconds != 0, was = tenant.IsActive, becomes = tenant.Tickets + tickets + tenant.Running + running > 0;
        if (was && (isMoved || !becomes)) _ = Active.Remove(tenant);
        tenant.Tickets += tickets;
        tenant.Running += running;
        tenant.VirtualTime += seconds / tenant.Share;
        if (becomes && (isMoved || !was)) Active.Add(tenant);
    }

    private void Raise(QueueTenant tenant, double floor)
    {
        if (tenant.VirtualTime >= floor) return;
        if (tenant.IsActive) _ = Active.Remove(tenant);
        tenant.VirtualTime = floor;
        if (tenant.IsActive) Active.Add(tenant);
    }

    // The least virtual time that a tenant which comes back starts with: the smallest among tenants with running chunks,
    // else among those with waiting tickets; when there are none, the largest of all, so that device time used while others
    // were away counts against nobody.
    private double Floor()
    {
        double? waiting = null;
        foreach (QueueTenant tenant in Active)
        {
            if (tenant.IsPaused) continue;
            if (tenant.Running > 0) return tenant.VirtualTime;
            waiting ??= tenant.VirtualTime;
        }

        return waiting ?? tenants.Values.Max(tenant => tenant.VirtualTime);
    }
}
