namespace Cil.Interfaces.Tenants;

/// <summary>A tenant's quotas and what it has used.</summary>
/// <param name="DeviceSecondsToday">Since midnight UTC.</param>
[GenerateSerializer, Immutable, Alias("cil.TenantSnapshot")]
public sealed record TenantSnapshot(
    [property: Id(0)] string Tenant,
    [property: Id(1)] TenantQuota Quota,
    [property: Id(2)] double DeviceSecondsToday,
    [property: Id(3)] long StoredBytes)
{
    /// <summary>Device time of this month (UTC), in seconds.</summary>
    [Id(4)] public double DeviceSecondsThisMonth { get; init; }
}
