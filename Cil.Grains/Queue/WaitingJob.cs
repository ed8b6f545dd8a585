using Cil.Interfaces;

namespace Cil.Grains.Queue;

/// <summary>A job of which tickets wait.</summary>
internal sealed class WaitingJob(RenderJobId id, WaitingTenant tenant)
{
    internal static IComparer<WaitingJob> InOrder { get; } = Comparer<WaitingJob>.Create(
        (one, other) => Compare(one.Effective.CompareTo(other.Effective), one, other));

    internal static IComparer<WaitingJob> ByDeadline { get; } = Comparer<WaitingJob>.Create(
        (one, other) => Compare(Nullable.Compare(one.Deadline, other.Deadline), one, other));

    internal RenderJobId Id => id;

    internal WaitingTenant Tenant => tenant;

    internal List<WaitingTicket> Tickets { get; } = new(1);

    /// <summary>That of its first ticket; null while all are bound, which is when it does not wait.</summary>
    internal long? Place { get; set; }

    internal DateTimeOffset? Deadline { get; set; }

    private long Effective => Place ?? 0;

    internal WaitingTicket? Find(int chunk) => Tickets.Find(item => item.Ticket.Chunk == chunk);

    private static int Compare(int order, WaitingJob one, WaitingJob other) => order == 0 ? string.CompareOrdinal(one.Id.Value, other.Id.Value) : order;
}
