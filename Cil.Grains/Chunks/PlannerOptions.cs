using Cil.Interfaces.Chunks;

namespace Cil.Grains.Chunks;

/// <summary>How jobs are cut. Takes effect when a job is accepted and stays with it.</summary>
public sealed class PlannerOptions
{
    /// <summary>Denoising steps of one chunk; 1 or more. Fewer steps lose less to a crash and cost more checkpoints. Default 5.</summary>
    public int StepsPerChunk { get; set; } = 5;

    /// <summary>
    /// Frames decoded together; 1 or more. More frames are faster and take more memory; part of what rounding depends on.
    /// Default 4.
    /// </summary>
    public int FramesPerDecode { get; set; } = 4;

    /// <summary>What the networks compute in. Default float32.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// Threads of a device that is a processor; part of what rounding depends on, so a job keeps it on whatever machine goes
    /// on with it. Default: all processors of the machine that accepts the job.
    /// </summary>
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>Both halves of guidance in one pass of the network. Default false.</summary>
    public bool BatchGuidance { get; set; }
}
