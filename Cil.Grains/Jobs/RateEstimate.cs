namespace Cil.Grains.Jobs;

/// <summary>Estimates the remaining time from a job's first and latest progress.</summary>
internal sealed class RateEstimate
{
    private (int Step, DateTimeOffset At)? first;

    /// <summary>The time that the rest will take, or null before two different steps were seen.</summary>
    internal TimeSpan? Remaining(int step, int steps, DateTimeOffset now)
    {
        if (step <= 0 || step >= steps) return null;
        first ??= (step, now);
        (int from, DateTimeOffset at) = first.Value;
        return step > from ? (now - at) / (step - from) * (steps - step) : null;
    }
}
