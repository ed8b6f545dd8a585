using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>Finds by indexes the ticket that <see cref="QueuePolicy.Choose"/> defines.</summary>
internal sealed class TicketChooser(TenantTable tenants, TicketIndex index, ChargeEstimate charges, QueueOptions options)
{
    // Tickets held for the worker that asks. A field, so that a call allocates nothing.
    private readonly List<QueuedTicket> held = [];

    internal QueuedTicket? Choose(WorkerOffer offer, DateTimeOffset now)
    {
        held.Clear();
        if (index.HeldFor(offer.Worker) is { } own)
        {
            foreach (QueuedTicket item in own)
            {
                if (!item.Job.Tenant.IsPaused && QueuePolicy.CanRun(offer, item.Ticket.Model, item.Ticket.Memory)
                    && QueuePolicy.IsOpenTo(item.Ticket, item.Offered, offer.Worker, now, options)) held.Add(item);
            }
        }

        QueuedTicket? best = null;
        foreach (QueueTenant tenant in tenants.Active)
        {
            if ((best = First(tenant, offer)) is not null) break;
        }

        if (best is null) return null;
        TenantUsage fairest = best.Job.Tenant.Usage;
        return OfLatents(offer, fairest) ?? OfLoadedModel(offer, best, fairest) ?? best;
    }

    private QueuedTicket? OfLatents(WorkerOffer offer, in TenantUsage fairest)
    {
        QueuedTicket? first = null;
        foreach (QueuedTicket item in held)
        {
            QueueTenant tenant = item.Job.Tenant;
            double allowed = QueuePolicy.AllowedLead(tenant.Usage, options.StickyDeviceTime, charges.LongestOf(item.Ticket.Model));
            if (QueuePolicy.Lead(tenant.Usage, fairest) > allowed) continue;
            if (item.Effective - First(tenant, offer)!.Effective > options.StickyAge.Ticks) continue;
            if (first is null || QueueTenant.InOrder.Compare(tenant, first.Job.Tenant) is < 0
                || (tenant == first.Job.Tenant && QueuedTicket.Compare(item, first) < 0)) first = item;
        }

        return first;
    }

    private QueuedTicket? OfLoadedModel(WorkerOffer offer, QueuedTicket best, in TenantUsage fairest)
    {
        if (offer.Loaded is not { } model || best.Ticket.Model == model) return null;
        foreach (QueueTenant tenant in tenants.Active)
        {
            if (tenant.VirtualTime < fairest.VirtualTime || First(tenant, offer, model) is not { } item) continue;
            double allowed = QueuePolicy.AllowedLead(tenant.Usage, options.LoadedDeviceTime, charges.LongestOf(model));
            if (QueuePolicy.Lead(tenant.Usage, fairest) > allowed) continue;
            if (item.Effective - First(tenant, offer)!.Effective <= options.LoadedAge.Ticks) return item;
        }

        return null;
    }

    // A tenant's first ticket for a worker, of one model or any.
    private QueuedTicket? First(QueueTenant tenant, WorkerOffer offer, string? model = null)
    {
        if (tenant.IsPaused || tenant.Tickets == 0) return null;
        QueuedTicket? first = null;
        foreach (TicketGroup group in tenant.Groups)
        {
            if ((model is null || group.Model == model) && QueuePolicy.CanRun(offer, group.Model, group.Memory))
                first = Earlier(first, group.First(offer.Worker));
        }

        foreach (QueuedTicket item in held)
        {
            if (item.Job.Tenant == tenant && (model is null || item.Ticket.Model == model)) first = Earlier(first, item);
        }

        return first;
    }

    private static QueuedTicket? Earlier(QueuedTicket? one, QueuedTicket? other) =>
        one is null ? other : other is null || QueuedTicket.Compare(one, other) <= 0 ? one : other;
}
