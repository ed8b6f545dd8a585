namespace Cil.Grains.Workers;

/// <summary>When a device is set aside.</summary>
public sealed class DeviceTrustOptions
{
    /// <summary>Jobs that fail on a device one after the other, with none that goes well between, before it is set aside. Default 3.</summary>
    public int FailedJobs { get; set; } = 3;

    /// <summary>How long it is set aside; twice as long each time that its next chunk fails too. Default 1 min.</summary>
    public TimeSpan SetAside { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest that it is set aside for. Default 1 h.</summary>
    public TimeSpan LongestSetAside { get; set; } = TimeSpan.FromHours(1);
}
