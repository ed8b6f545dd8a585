namespace Cil.Grains.Queue;

/// <summary>A tenant, and what waits of it.</summary>
internal sealed class WaitingTenant(string name)
{
    internal static IComparer<WaitingTenant> InOrder { get; } = Comparer<WaitingTenant>.Create(
        (one, other) => one.Virtual.CompareTo(other.Virtual) is var order and not 0 ? order : one.Came.CompareTo(other.Came));

    internal string Name => name;

    internal double Share { get; set; } = 1;

    /// <summary><see cref="TenantStanding.Virtual"/>.</summary>
    internal double Virtual { get; set; }

    /// <summary><see cref="TenantStanding.Came"/>.</summary>
    internal long Came { get; set; }

    /// <summary>Device-seconds that its ended chunks have had.</summary>
    internal double Used { get; set; }

    internal bool IsPaused { get; set; }

    /// <summary>Tickets that wait, and chunks that workers have.</summary>
    internal int Tickets { get; set; }

    internal int Running { get; set; }

    internal bool IsActive => Tickets + Running > 0;

    internal TenantStanding Standing => new(Name, Virtual, Came, Share, Running, IsPaused);

    /// <summary>Its jobs that wait.</summary>
    internal SortedBlocks<WaitingJob> Jobs { get; } = new(WaitingJob.InOrder);

    internal List<WaitingGroup> Groups { get; } = [];

    internal WaitingGroup? Find(string model, long memory) => Groups.Find(group => group.Memory == memory && group.Model == model);
}
