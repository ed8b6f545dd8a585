namespace Cil.Grains.Jobs;

/// <summary>How long finished jobs are kept, and cancellations of jobs that never came.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// Time after a job's end when it is deleted with its video and everything else. Zero: never. A tenant's own time counts more.
    /// Default 30 days.
    /// </summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Time for which a draft waits for approval; then its job fails. Default 1 day.</summary>
    public TimeSpan Approval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a cancellation counts that came before its job. Default 1 day.</summary>
    public TimeSpan KeepEarlyCancels { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Cancellations of jobs that are not known yet; more are refused until there is room. Default 10,000.</summary>
    public int MaxEarlyCancels { get; set; } = 10_000;
}
