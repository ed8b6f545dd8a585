using Cil.Interfaces;

namespace Cil.Grains.Leases;

/// <summary>When a silent worker loses its chunk, and when a job gives up.</summary>
public sealed class LeaseOptions
{
    /// <summary>
    /// Silence after which a worker is asked whether it still has its chunk: one that says no, or is of a silo that is gone,
    /// loses it at once. Default 2 s.
    /// </summary>
    public TimeSpan Ask { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a chunk is offered again although its worker cannot be asked. Default 60 s.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Time without another step, frame or clip after which a worker counts as stuck, however alive its process is. Must be
    /// longer than a step and the loading of a model together. Default 15 min.
    /// </summary>
    public TimeSpan Stall { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often leases are checked. Default 1 s.</summary>
    public TimeSpan Check { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the reconciler looks for unfinished jobs without a coordinator. Default 2 s; 1 ms more for each unfinished
    /// job, up to 15 s.
    /// </summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures of one chunk before the job fails with the last one's reason. Default 3.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// The same where storage fails, which is not the job's fault: an attempt takes two seconds then, and storage may be away for
    /// longer than a few. Default 20.
    /// </summary>
    public int MaxStorageAttempts { get; set; } = 20;

    /// <summary>
    /// Times that a chunk may run out of device memory before the job fails: on one device, and once on another. Default 2.
    /// </summary>
    public int MaxOutOfMemory { get; set; } = 2;

    /// <summary>
    /// Workers that may be lost while they have one chunk before the job fails: the loss of a silo is not the job's error,
    /// but a job that kills every silo must end. Counted in storage, so that it holds over restarts. Default 5.
    /// </summary>
    public int MaxLosses { get; set; } = 5;

    /// <summary>Failures before the job fails with this reason.</summary>
    internal int AttemptsAt(JobError error) => error.Code == JobError.StorageFailed ? MaxStorageAttempts : MaxAttempts;
}
