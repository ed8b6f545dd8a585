using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>A ticket in <see cref="TicketQueue"/>, and who may have it.</summary>
internal sealed class QueuedTicket(ChunkTicket ticket, QueuedJob job, DateTimeOffset offered, long effective)
{
    /// <summary>By effective time; compares tickets of one tenant.</summary>
    internal static IComparer<QueuedTicket> InOrder { get; } = Comparer<QueuedTicket>.Create(Compare);

    /// <summary>By the time at which its access changes.</summary>
    internal static IComparer<QueuedTicket> ByDue { get; } = Comparer<QueuedTicket>.Create(
        (one, other) => one.Due.CompareTo(other.Due) is var due and not 0 ? due : Compare(one, other));

    internal ChunkTicket Ticket => ticket;

    internal QueuedJob Job => job;

    internal DateTimeOffset Offered => offered;

    /// <summary><see cref="QueuePolicy.Effective"/>.</summary>
    internal long Effective => effective;

    internal TicketAccess Place { get; set; }

    /// <summary>When its access changes; not set for open and bound tickets.</summary>
    internal DateTimeOffset Due { get; set; }

    internal static int Compare(QueuedTicket one, QueuedTicket other)
    {
        int order = one.Effective.CompareTo(other.Effective);
        if (order == 0) order = string.CompareOrdinal(one.Ticket.Job.Value, other.Ticket.Job.Value);
        return order == 0 ? one.Ticket.Chunk.CompareTo(other.Ticket.Chunk) : order;
    }
}
