using Cil.Interfaces;

namespace Cil.Grains.Workers;

/// <summary>
/// A circuit breaker for a device: one that fails several jobs in a row is quarantined, tried again later with one chunk,
/// and quarantined for longer if that fails. Has no clock: times are handed in.
/// </summary>
internal sealed class DeviceCircuitBreaker(DeviceCircuitBreakerOptions options)
{
    private readonly HashSet<RenderJobId> failed = [];
    private TimeSpan last;
    private bool isHalfOpen;

    /// <summary>Until when the device gets no work.</summary>
    internal DateTimeOffset QuarantinedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether the device has been quarantined and has not succeeded since: it gets one chunk at a time.</summary>
    internal bool IsHalfOpen => isHalfOpen;

    internal bool IsQuarantined(DateTimeOffset now) => now < QuarantinedUntil;

    internal void Succeed()
    {
        failed.Clear();
        (last, isHalfOpen) = (TimeSpan.Zero, false);
    }

    /// <summary>A chunk failed for a reason that may lie in the device.</summary>
    /// <returns>Whether the device is quarantined now.</returns>
    internal bool Fail(RenderJobId job, DateTimeOffset now)
    {
        _ = failed.Add(job);
        if (!isHalfOpen && failed.Count < options.FailedJobs) return false;
        last = last == TimeSpan.Zero ? options.Quarantine : last * 2;
        if (last > options.MaxQuarantine) last = options.MaxQuarantine;
        QuarantinedUntil = now + last;
        isHalfOpen = true;
        return true;
    }

    /// <summary>Whether an error may be caused by the device rather than the request.</summary>
    internal static bool MayBeCausedByDevice(JobError error) =>
        error.Code is JobError.RenderFailed or JobError.OutOfMemory or JobError.DeviceLost;
}
