using System.Runtime.InteropServices;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>Waiting tickets by who may have them: held for a worker, or in their tenant's groups; and when that changes.</summary>
internal sealed class TicketIndex(QueueOptions options)
{
    private readonly SortedBlocks<WaitingTicket> passing = new(WaitingTicket.ByDue);
    private readonly Dictionary<string, List<WaitingTicket>> byHolder = new(StringComparer.Ordinal);

    /// <summary>When the next ticket opens to more workers; null when none will.</summary>
    internal DateTimeOffset? NextOpening => passing.First?.Due;

    /// <summary>Tickets of jobs whose latents this worker has; null when there are none.</summary>
    internal List<WaitingTicket>? HeldFor(string worker) => byHolder.GetValueOrDefault(worker);

    internal void Add(WaitingTicket item)
    {
        if (item.Ticket.Holder is { } holder)
        {
            ref List<WaitingTicket>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(byHolder, holder, out _);
            (list ??= new(1)).Add(item);
        }

        Place(item, FirstPlace(item.Ticket));
    }

    internal void Remove(WaitingTicket item)
    {
        Displace(item);
        if (item.Ticket.Holder is not { } holder || !byHolder.TryGetValue(holder, out List<WaitingTicket>? list)) return;
        _ = list.Remove(item);
        if (list.Count == 0) _ = byHolder.Remove(holder);
    }

    /// <summary>Opens tickets that were kept for some workers long enough.</summary>
    /// <param name="opened">Takes up the tickets that more workers may have now.</param>
    internal void Open(DateTimeOffset now, List<ChunkTicket>? opened)
    {
        while (passing.First is { } item && item.Due <= now)
        {
            bool isAvoiding = item.Place == WaitingPlace.Held && item.Ticket.Avoid.Count > 0 && now - item.Offered < options.AvoidFor;
            Displace(item);
            Place(item, isAvoiding ? WaitingPlace.Avoiding : WaitingPlace.Open);
            opened?.Add(item.Ticket);
        }
    }

    private static WaitingPlace FirstPlace(ChunkTicket ticket) => ticket switch
    {
        { IsBound: true } => WaitingPlace.Bound,
        { Holder: not null } => WaitingPlace.Held,
        { Avoid.Count: > 0 } => WaitingPlace.Avoiding,
        _ => WaitingPlace.Open,
    };

    private void Place(WaitingTicket item, WaitingPlace place)
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

    private void Displace(WaitingTicket item)
    {
        if (item.Place is WaitingPlace.Held or WaitingPlace.Avoiding) _ = passing.Remove(item);
        if (item.Place is WaitingPlace.Held or WaitingPlace.Bound) return;
        WaitingTenant tenant = item.Job.Tenant;
        WaitingGroup group = tenant.Find(item.Ticket.Model, item.Ticket.Memory)!;
        _ = (item.Place == WaitingPlace.Open ? group.Open : group.Avoiding).Remove(item);
        if (group.IsEmpty) _ = tenant.Groups.Remove(group);
    }
}
