using Cil.Interfaces.Tenants;

namespace Cil.Grains.Tenants;

/// <summary>What is stored of a tenant.</summary>
internal sealed class TenantState
{
    public TenantQuota Quota { get; set; } = new();

    /// <summary>The day (UTC) that the device time is of.</summary>
    public DateOnly Day { get; set; }

    public double DeviceSeconds { get; set; }

    public long StoredBytes { get; set; }

    /// <summary>Device time of the month (UTC) that <see cref="Day"/> is of.</summary>
    public double MonthSeconds { get; set; }
}
