namespace Cil.Grains.Queue;

/// <summary>All tenants, and those of whom something waits or runs in the order of what they have had.</summary>
internal sealed class TenantTable(NameTable names)
{
    private readonly Dictionary<string, WaitingTenant> tenants = new(StringComparer.Ordinal);
    private long arrivals;

    internal IReadOnlyCollection<WaitingTenant> All => tenants.Values;

    /// <summary>Tenants of whom something waits or runs, the fairest first.</summary>
    internal SortedBlocks<WaitingTenant> Active { get; } = new(WaitingTenant.InOrder);

    internal WaitingTenant? Find(string name) => tenants.GetValueOrDefault(name);

    /// <summary>The tenant of that name, known from here on.</summary>
    internal WaitingTenant Get(string name)
    {
        if (tenants.TryGetValue(name, out WaitingTenant? tenant)) return tenant;
        tenant = new WaitingTenant(names.Shared(name));
        tenants.Add(tenant.Name, tenant);
        return tenant;
    }

    /// <summary>A tenant of whom nothing waited or ran comes back: what others had meanwhile is not owed to it.</summary>
    internal void Return(WaitingTenant tenant) => (tenant.Virtual, tenant.Came) = (Math.Max(tenant.Virtual, Floor()), ++arrivals);

    internal void SetShare(string name, double share) => Get(name).Share = share;

    internal void Pause(string name, bool isPaused)
    {
        WaitingTenant tenant = Get(name);
        // One that was paused for long does not get all of it back at once.
        if (tenant.IsPaused && !isPaused) Raise(tenant, Floor());
        tenant.IsPaused = isPaused;
    }

    /// <summary>Counts tickets and chunks of a tenant, and device time against it; its place among tenants follows.</summary>
    internal void Change(WaitingTenant tenant, int tickets = 0, int running = 0, double seconds = 0)
    {
        bool isMoved = seconds != 0, was = tenant.IsActive, becomes = tenant.Tickets + tickets + tenant.Running + running > 0;
        if (was && (isMoved || !becomes)) _ = Active.Remove(tenant);
        tenant.Tickets += tickets;
        tenant.Running += running;
        tenant.Virtual += seconds / tenant.Share;
        if (becomes && (isMoved || !was)) Active.Add(tenant);
    }

    private void Raise(WaitingTenant tenant, double floor)
    {
        if (tenant.Virtual >= floor) return;
        if (tenant.IsActive) _ = Active.Remove(tenant);
        tenant.Virtual = floor;
        if (tenant.IsActive) Active.Add(tenant);
    }

    // The virtual time that a tenant which comes back has at least: the least of those of whom something runs, or else
    // waits; when there is none, the most of all, so that what was used while others were away counts against nobody.
    private double Floor()
    {
        double? waiting = null;
        foreach (WaitingTenant tenant in Active)
        {
            if (tenant.IsPaused) continue;
            if (tenant.Running > 0) return tenant.Virtual;
            waiting ??= tenant.Virtual;
        }

        return waiting ?? tenants.Values.Max(tenant => tenant.Virtual);
    }
}
