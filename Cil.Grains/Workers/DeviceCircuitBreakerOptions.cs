namespace Cil.Grains.Workers;

/// <summary>When a device is quarantined.</summary>
public sealed class DeviceCircuitBreakerOptions
{
    /// <summary>Jobs that fail on a device in a row, without a success between, before it is quarantined. Default 3.</summary>
    public int FailedJobs { get; set; } = 3;

    /// <summary>How long it is quarantined; doubled each time that its next chunk fails too. Default 1 min.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest quarantine. Default 1 h.</summary>
    public TimeSpan MaxQuarantine { get; set; } = TimeSpan.FromHours(1);
}
