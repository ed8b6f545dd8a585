using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>A ticket in <see cref="WaitingWork"/>, and where it lies there.</summary>
internal sealed class WaitingTicket(ChunkTicket ticket, WaitingJob job, DateTimeOffset offered, long effective)
{
    /// <summary>By effective time; this holds within a tenant.</summary>
    internal static IComparer<WaitingTicket> InOrder { get; } = Comparer<WaitingTicket>.Create(Compare);

    /// <summary>By when it is to be laid elsewhere.</summary>
    internal static IComparer<WaitingTicket> ByDue { get; } = Comparer<WaitingTicket>.Create(
        (one, other) => one.Due.CompareTo(other.Due) is var due and not 0 ? due : Compare(one, other));

    internal ChunkTicket Ticket => ticket;

    internal WaitingJob Job => job;

    internal DateTimeOffset Offered => offered;

    /// <summary><see cref="QueuePolicy.Effective"/>.</summary>
    internal long Effective => effective;

    internal WaitingPlace Place { get; set; }

    /// <summary>When it leaves its place by itself; not for those that are open or bound.</summary>
    internal DateTimeOffset Due { get; set; }

    internal static int Compare(WaitingTicket one, WaitingTicket other)
    {
        int order = one.Effective.CompareTo(other.Effective);
        if (order == 0) order = string.CompareOrdinal(one.Ticket.Job.Value, other.Ticket.Job.Value);
        return order == 0 ? one.Ticket.Chunk.CompareTo(other.Ticket.Chunk) : order;
    }
}
