namespace Cil.Grains.Queue;

/// <summary>A tenant's tickets that the same workers can run.</summary>
/// <param name="memory">Bytes; 0 where not known.</param>
internal sealed class TicketGroup(string model, long memory)
{
    internal string Model => model;

    internal long Memory => memory;

    internal SortedBlocks<QueuedTicket> Open { get; } = new(QueuedTicket.InOrder);

    /// <summary>Tickets that for some seconds are withheld from workers that failed at them.</summary>
    internal SortedBlocks<QueuedTicket> Avoiding { get; } = new(QueuedTicket.InOrder);

    internal bool IsEmpty => Open.Count + Avoiding.Count == 0;

    /// <summary>The first ticket that the worker may have.</summary>
    internal QueuedTicket? First(string worker)
    {
        QueuedTicket? first = Open.First;
        foreach (QueuedTicket item in Avoiding)
        {
            if (first is not null && QueuedTicket.Compare(item, first) > 0) break;
            if (!QueuePolicy.Avoids(item.Ticket, worker)) return item;
        }

        return first;
    }
}
