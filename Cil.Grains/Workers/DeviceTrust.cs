using Cil.Interfaces;

namespace Cil.Grains.Workers;

/// <summary>
/// Whether a device is to be given work. One that fails several jobs in a row is set aside, tried again later with one chunk,
/// and set aside for longer if that fails. No clock: times are handed in.
/// </summary>
internal sealed class DeviceTrust(DeviceTrustOptions options)
{
    private readonly HashSet<RenderJobId> failed = [];
    private TimeSpan last;
    private bool onTrial;

    /// <summary>Until when it gets no work.</summary>
    internal DateTimeOffset AsideUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether it is known to do its work: after a failed trial it gets one chunk at a time.</summary>
    internal bool IsOnTrial => onTrial;

    internal bool IsAside(DateTimeOffset now) => now < AsideUntil;

    internal void Succeed()
    {
        failed.Clear();
        (last, onTrial) = (TimeSpan.Zero, false);
    }

    /// <summary>A chunk failed for a reason that may be the device's.</summary>
    /// <returns>Whether the device is set aside now.</returns>
    internal bool Fail(RenderJobId job, DateTimeOffset now)
    {
        _ = failed.Add(job);
        if (!onTrial && failed.Count < options.FailedJobs) return false;
        last = last == TimeSpan.Zero ? options.SetAside : last * 2;
        if (last > options.LongestSetAside) last = options.LongestSetAside;
        AsideUntil = now + last;
        onTrial = true;
        return true;
    }

    /// <summary>Whether an error may be the device's fault, and not the request's.</summary>
    internal static bool MayBeDevices(JobError error) => error.Code is JobError.RenderFailed or JobError.OutOfMemory or JobError.DeviceLost;
}
