namespace Cil.Media.Processes;

/// <summary>What one run of ffmpeg may take before it is ended.</summary>
/// <param name="Time">Wall-clock time from its start to its end.</param>
/// <param name="AddressSpace">
/// Bytes of address space (RLIMIT_AS). Libraries and thread stacks count, about 400 MB before anything is read.
/// </param>
public sealed record ProcessLimits(TimeSpan Time, long AddressSpace)
{
    private const long Gibibyte = 1L << 30;

    /// <summary>Reading one picture: 1 min, 2 GiB. Most take less than a second; the rest is for a machine that is busy.</summary>
    public static ProcessLimits Picture { get; } = new(TimeSpan.FromMinutes(1), 2 * Gibibyte);

    /// <summary>Reading the frames of one clip: 5 min, 4 GiB.</summary>
    public static ProcessLimits Clip { get; } = new(TimeSpan.FromMinutes(5), 4 * Gibibyte);

    /// <summary>Writing one video: 1 h, 8 GiB. A GIF's palette needs all frames at once, 2.4 GB for 1,024 frames of 1024 × 576.</summary>
    public static ProcessLimits Video { get; } = new(TimeSpan.FromHours(1), 8 * Gibibyte);
}
