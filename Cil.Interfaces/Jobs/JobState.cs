namespace Cil.Interfaces.Jobs;

/// <summary>Where a job stands. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.JobState")]
public enum JobState
{
    Queued = 0,
    Running = 1,
    Completed = 2,
    Failed = 3,
    Cancelled = 4,

    /// <summary>Nothing of it is begun until it is unpaused; the chunks in hand go to their end.</summary>
    Paused = 5,
}
