using System.Runtime.InteropServices;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Waiting tickets by who may have them: held for a worker, or in their tenant's groups; and when that changes.</summary>
internal sealed class TicketIndex(QueueOptions options)
{
    private readonly SortedBlocks<QueuedTicket> passing = new(QueuedTicket.ByDue);
    private readonly Dictionary<string, List<QueuedTicket>> byHolder = new(StringComparer.Ordinal);

    /// <summary>When the next ticket opens to more workers; null when none will.</summary>
    internal DateTimeOffset? NextOpening => passing.First?.Due;

    /// <summary>Tickets that are kept for the worker that has their latents, for a moment.</summary>
    internal IEnumerable<QueuedTicket> Held => byHolder.Values.SelectMany(items => items).Where(item => item.Place == TicketAccess.Held);

    /// <summary>Tickets that only the worker that has their latents can have.</summary>
    internal IEnumerable<QueuedTicket> Bound => byHolder.Values.SelectMany(items => items).Where(item => item.Place == TicketAccess.Bound);

    /// <summary>Tickets of jobs whose latents this worker has; null when there are none.</summary>
    internal List<QueuedTicket>? HeldFor(string worker) => byHolder.GetValueOrDefault(worker);

    internal void Add(QueuedTicket item)
    {
        if (item.Ticket.Holder is { } holder)
        {
            ref List<QueuedTicket>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(byHolder, holder, out _);
            (list ??= new(1)).Add(item);
        }

        Place(item, FirstPlace(item.Ticket));
    }

    internal void Remove(QueuedTicket item)
    {
        Displace(item);
        if (item.Ticket.Holder is not { } holder || !byHolder.TryGetValue(holder, out List<QueuedTicket>? list)) return;
        _ = list.Remove(item);
        if (list.Count == 0) _ = byHolder.Remove(holder);
    }

    /// <summary>Opens tickets that were kept for some workers long enough.</summary>
    /// <param name="opened">Takes up the tickets that more workers may have now.</param>
    internal void Open(DateTimeOffset now, List<ChunkTicket>? opened)
    {
        while (passing.First is { } item && item.Due <= now)
        {
            bool isAvoiding = item.Place == TicketAccess.Held && item.Ticket.Avoid.Count > 0 && now - item.Offered < options.AvoidFor;
            Displace(item);
            Place(item, isAvoiding ? TicketAccess.Avoiding : TicketAccess.Open);
            opened?.Add(item.Ticket);
        }
    }

    private static TicketAccess FirstPlace(ChunkTicket ticket) => ticket switch
    {
        { IsBound: true } => TicketAccess.Bound,
        { Holder: not null } => TicketAccess.Held,
        { Avoid.Count: > 0 } => TicketAccess.Avoiding,
        _ => TicketAccess.Open,
    };

    private void Place(QueuedTicket item, TicketAccess place)
    {
        item.Place = place;
        if (place is TicketAccess.Held or TicketAccess.Avoiding)
        {
            item.Due = item.Offered + (place == TicketAccess.Held ? options.Hold : options.AvoidFor);
            passing.Add(item);
        }

        if (place is TicketAccess.Held or TicketAccess.Bound) return;
        QueueTenant tenant = item.Job.Tenant;
        if (tenant.Find(item.Ticket.Model, item.Ticket.Memory) is not { } group)
            tenant.Groups.Add(group = new TicketGroup(item.Ticket.Model, item.Ticket.Memory));
        (place == TicketAccess.Open ? group.Open : group.Avoiding).Add(item);
    }

    private void Displace(QueuedTicket item)
    {
        if (item.Place is TicketAccess.Held or TicketAccess.Avoiding) _ = passing.Remove(item);
        if (item.Place is TicketAccess.Held or TicketAccess.Bound) return;
        QueueTenant tenant = item.Job.Tenant;
        TicketGroup group = tenant.Find(item.Ticket.Model, item.Ticket.Memory)!;
        _ = (item.Place == TicketAccess.Open ? group.Open : group.Avoiding).Remove(item);
        if (group.IsEmpty) _ = tenant.Groups.Remove(group);
    }
}
