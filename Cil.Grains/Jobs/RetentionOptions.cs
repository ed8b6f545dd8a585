namespace Cil.Grains.Jobs;

/// <summary>How long finished jobs are kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>Time after a job's end when it is deleted with its video and everything else. Default null: never.</summary>
    public TimeSpan? Keep { get; set; }
}
