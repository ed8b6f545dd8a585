namespace Cil.Interfaces.Jobs;

/// <summary>What a <see cref="JobState"/> means.</summary>
public static class JobStateExtensions
{
    /// <summary>Whether the job has ended: completed, failed or cancelled.</summary>
    public static bool IsFinished(this JobState state) => state is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
