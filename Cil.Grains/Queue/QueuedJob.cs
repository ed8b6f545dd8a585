using Cil.Interfaces;

namespace Cil.Grains.Queue;

/// <summary>A job with waiting tickets.</summary>
internal sealed class QueuedJob(RenderJobId id, QueueTenant tenant)
{
    internal static IComparer<QueuedJob> InOrder { get; } = Comparer<QueuedJob>.Create(
        (one, other) => Compare(one.Effective.CompareTo(other.Effective), one, other));

    internal static IComparer<QueuedJob> ByDeadline { get; } = Comparer<QueuedJob>.Create(
        (one, other) => Compare(Nullable.Compare(one.Deadline, other.Deadline), one, other));

    internal RenderJobId Id => id;

    internal QueueTenant Tenant => tenant;

    internal List<QueuedTicket> Tickets { get; } = new(1);

    /// <summary>
    /// The effective time of its first ticket; null while all its tickets are bound to a worker, when the job does not count
    /// as waiting.
    /// </summary>
    internal long? Place { get; set; }

    internal DateTimeOffset? Deadline { get; set; }

    private long Effective => Place ?? 0;

    internal QueuedTicket? Find(int chunk) => Tickets.Find(item => item.Ticket.Chunk == chunk);

    private static int Compare(int order, QueuedJob one, QueuedJob other) =>
        order == 0 ? string.CompareOrdinal(one.Id.Value, other.Id.Value) : order;
}
