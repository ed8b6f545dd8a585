using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>Finds by indexes the ticket that <see cref="QueuePolicy.Choose"/> defines.</summary>
internal sealed class TicketChooser(TenantTable tenants, TicketIndex index, ChargeEstimate charges, QueueOptions options)
{
    // Tickets held for the worker that asks; kept, so that a look makes no object.
    private readonly List<WaitingTicket> held = [];

    internal WaitingTicket? Choose(WorkerOffer offer, DateTimeOffset now)
    {
        held.Clear();
        if (index.HeldFor(offer.Worker) is { } own)
        {
            foreach (WaitingTicket item in own)
            {
                if (!item.Job.Tenant.IsPaused && QueuePolicy.CanDo(offer, item.Ticket.Model, item.Ticket.Memory)
                    && QueuePolicy.IsOpenTo(item.Ticket, item.Offered, offer.Worker, now, options)) held.Add(item);
            }
        }

        WaitingTicket? best = null;
        foreach (WaitingTenant tenant in tenants.Active)
        {
            if ((best = First(tenant, offer)) is not null) break;
        }

        if (best is null) return null;
        TenantStanding fairest = best.Job.Tenant.Standing;
        return OfLatents(offer, fairest) ?? OfLoadedModel(offer, best, fairest) ?? best;
    }

    private WaitingTicket? OfLatents(WorkerOffer offer, in TenantStanding fairest)
    {
        WaitingTicket? first = null;
        foreach (WaitingTicket item in held)
        {
            WaitingTenant tenant = item.Job.Tenant;
            if (QueuePolicy.Lead(tenant.Standing, fairest) > QueuePolicy.MayLead(tenant.Standing, options.StickyDeviceTime, charges.LongestOf(item.Ticket.Model))) continue;
            if (item.Effective - First(tenant, offer)!.Effective > options.StickyAge.Ticks) continue;
            if (first is null || WaitingTenant.InOrder.Compare(tenant, first.Job.Tenant) is < 0 || (tenant == first.Job.Tenant && WaitingTicket.Compare(item, first) < 0)) first = item;
        }

        return first;
    }

    private WaitingTicket? OfLoadedModel(WorkerOffer offer, WaitingTicket best, in TenantStanding fairest)
    {
        if (offer.Loaded is not { } model || best.Ticket.Model == model) return null;
        foreach (WaitingTenant tenant in tenants.Active)
        {
            if (tenant.Virtual < fairest.Virtual || First(tenant, offer, model) is not { } item) continue;
            if (QueuePolicy.Lead(tenant.Standing, fairest) > QueuePolicy.MayLead(tenant.Standing, options.LoadedDeviceTime, charges.LongestOf(model))) continue;
            if (item.Effective - First(tenant, offer)!.Effective <= options.LoadedAge.Ticks) return item;
        }

        return null;
    }

    // A tenant's first ticket for a worker, of one model or any.
    private WaitingTicket? First(WaitingTenant tenant, WorkerOffer offer, string? model = null)
    {
        if (tenant.IsPaused || tenant.Tickets == 0) return null;
        WaitingTicket? first = null;
        foreach (WaitingGroup group in tenant.Groups)
        {
            if ((model is null || group.Model == model) && QueuePolicy.CanDo(offer, group.Model, group.Memory)) first = Earlier(first, group.First(offer.Worker));
        }

        foreach (WaitingTicket item in held)
        {
            if (item.Job.Tenant == tenant && (model is null || item.Ticket.Model == model)) first = Earlier(first, item);
        }

        return first;
    }

    private static WaitingTicket? Earlier(WaitingTicket? one, WaitingTicket? other) =>
        one is null ? other : other is null || WaitingTicket.Compare(one, other) <= 0 ? one : other;
}
