namespace Cil.Grains.Queue;

/// <summary>A tenant's tickets that the same workers can do.</summary>
/// <param name="memory">Bytes; 0 where not known.</param>
internal sealed class WaitingGroup(string model, long memory)
{
    internal string Model => model;

    internal long Memory => memory;

    internal SortedBlocks<WaitingTicket> Open { get; } = new(WaitingTicket.InOrder);

    /// <summary>Those that some workers failed at in the last seconds.</summary>
    internal SortedBlocks<WaitingTicket> Avoiding { get; } = new(WaitingTicket.InOrder);

    internal bool IsEmpty => Open.Count + Avoiding.Count == 0;

    /// <summary>The first that the worker may have.</summary>
    internal WaitingTicket? First(string worker)
    {
        WaitingTicket? first = Open.First;
        foreach (WaitingTicket item in Avoiding)
        {
            if (first is not null && WaitingTicket.Compare(item, first) > 0) break;
            if (!QueuePolicy.Avoids(item.Ticket, worker)) return item;
        }

        return first;
    }
}
