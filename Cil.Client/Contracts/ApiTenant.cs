namespace Cil.Client.Contracts;

/// <summary>A tenant's quotas and what it has used.</summary>
/// <param name="DeviceSecondsToday">Since midnight UTC.</param>
public sealed record ApiTenant(string Tenant, ApiQuota Quota, double DeviceSecondsToday, long StoredBytes)
{
    /// <summary>Device time of this month (UTC), in seconds.</summary>
    public double DeviceSecondsThisMonth { get; init; }
}
