namespace Cil.Interfaces.Jobs;

/// <summary>The state of a job. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.JobState")]
public enum JobState
{
    Queued = 0,
    Running = 1,
    Completed = 2,
    Failed = 3,
    Cancelled = 4,

    /// <summary>No chunk is begun until the job is unpaused; chunks that workers have go to their end.</summary>
    Paused = 5,

    /// <summary>Its draft is made; the job goes on when it is approved. It holds no device.</summary>
    AwaitingApproval = 6,
}
