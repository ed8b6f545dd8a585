using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Shares one string for each name: a hundred thousand tickets name a few models, tenants and workers.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    internal string Shared(string name)
    {
        if (names.TryGetValue(name, out string? known)) return known;
        names.Add(name, name);
        return name;
    }

    /// <summary>The same ticket with shared names. A list that its job adds to is copied.</summary>
    internal ChunkTicket Shared(ChunkTicket ticket, QueuedJob job)
    {
        string model = Shared(ticket.Model), tenant = job.Tenant.Name;
        string? holder = ticket.Holder is null ? null : Shared(ticket.Holder);
        bool isShared = ReferenceEquals(model, ticket.Model) && ReferenceEquals(holder, ticket.Holder)
            && ReferenceEquals(tenant, ticket.Tenant) && ReferenceEquals(job.Id.Value, ticket.Job.Value) && ticket.Avoid.Count == 0;
        return isShared
            ? ticket
            : ticket with { Job = job.Id, Model = model, Holder = holder, Tenant = tenant, Avoid = [.. ticket.Avoid.Select(Shared)] };
    }
}
