namespace Cil.Interfaces.Tenants;

/// <summary>What a tenant may use; null for no limit of its own.</summary>
[GenerateSerializer, Immutable, Alias("cil.TenantQuota")]
public sealed record TenantQuota
{
    /// <summary>Jobs that wait.</summary>
    [Id(0)] public int? WaitingJobs { get; init; }

    /// <summary>Device time of one day (UTC), in seconds. What runs when it is used up goes on.</summary>
    [Id(1)] public double? DeviceSecondsPerDay { get; init; }

    /// <summary>Uploads and videos that are kept.</summary>
    [Id(2)] public long? StoredBytes { get; init; }

    /// <summary>Of one job: pixels times denoising steps, of all frames.</summary>
    [Id(3)] public long? JobWork { get; init; }

    /// <summary>How long finished jobs are kept; null for the service's own time.</summary>
    [Id(4)] public TimeSpan? Keep { get; init; }

    /// <summary>Device time of one month (UTC), in seconds. What runs when it is used up goes on.</summary>
    [Id(5)] public double? DeviceSecondsPerMonth { get; init; }

    /// <summary>Jobs are accepted until then; null for always.</summary>
    [Id(6)] public DateTimeOffset? Until { get; init; }
}
