using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Benchmarks.Simulation;

/// <summary>A device: how fast it is and what fits on it, and what it is at.</summary>
internal sealed class SimulatedDevice(string name, double speed, long memory, IReadOnlyList<string> models)
{
    internal WorkerOffer Offer { get; private set; } = new() { Worker = name, Models = models, Memory = memory };

    /// <summary>Of a device of speed 1.</summary>
    internal double Speed => speed;

    internal SimulatedJob? Job { get; set; }

    internal ChunkTicket? Ticket { get; set; }

    /// <summary>When it took what it is at.</summary>
    internal double Since { get; set; }

    /// <summary>Whether it is there; one that is not has failed or was taken away.</summary>
    internal bool IsThere { get; set; } = true;

    /// <summary>Whether it leaves at its chunk's end.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>Tells events of what it did before from those of what it does now.</summary>
    internal int Turn { get; set; }

    /// <returns>Whether another model was there.</returns>
    internal bool Load(string? model)
    {
        if (Offer.Loaded == model) return false;
        Offer = Offer with { Loaded = model };
        return true;
    }
}
