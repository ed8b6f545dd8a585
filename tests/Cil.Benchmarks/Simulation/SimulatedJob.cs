using Cil.Interfaces;

namespace Cil.Benchmarks.Simulation;

/// <summary>A job: denoising chunks one after the other, then decoding chunks side by side.</summary>
internal sealed class SimulatedJob(RenderJobId id, SimulatedTenant tenant, SimulatedModel model, double came, int priority, double work)
{
    internal const int Denoising = 6, Decoding = 3;

    internal RenderJobId Id => id;

    internal SimulatedTenant Tenant => tenant;

    internal SimulatedModel Model => model;

    /// <summary>In seconds from the beginning.</summary>
    internal double ArrivalOrder => came;

    internal int Priority => priority;

    /// <summary>Seconds that a denoising chunk takes on a device of speed 1.</summary>
    internal double Work => work;

    internal bool HasBegun { get; set; }

    internal int Failures { get; set; }

    internal List<string> FailedOn { get; } = [];

    internal int Decoded { get; set; }
}
