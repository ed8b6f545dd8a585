namespace Cil.Grains.Queue;

/// <summary>A tenant with its usage and its waiting tickets.</summary>
internal sealed class QueueTenant(string name)
{
    internal static IComparer<QueueTenant> InOrder { get; } = Comparer<QueueTenant>.Create(
        (one, other) => one.VirtualTime.CompareTo(other.VirtualTime) is var order and not 0
            ? order
            : one.ArrivalOrder.CompareTo(other.ArrivalOrder));

    internal string Name => name;

    internal double Share { get; set; } = 1;

    /// <summary><see cref="TenantUsage.VirtualTime"/>.</summary>
    internal double VirtualTime { get; set; }

    /// <summary><see cref="TenantUsage.ArrivalOrder"/>.</summary>
    internal long ArrivalOrder { get; set; }

    /// <summary>Device-seconds that its ended chunks took.</summary>
    internal double Used { get; set; }

    internal bool IsPaused { get; set; }

    /// <summary>Tickets that wait, and chunks that workers have.</summary>
    internal int Tickets { get; set; }

    internal int Running { get; set; }

    internal bool IsActive => Tickets + Running > 0;

    internal TenantUsage Usage => new(Name, VirtualTime, ArrivalOrder, Share, Running, IsPaused);

    /// <summary>Its jobs that wait, in their order.</summary>
    internal SortedBlocks<QueuedJob> Jobs { get; } = new(QueuedJob.InOrder);

    internal List<TicketGroup> Groups { get; } = [];

    internal TicketGroup? Find(string model, long memory) => Groups.Find(group => group.Memory == memory && group.Model == model);
}
