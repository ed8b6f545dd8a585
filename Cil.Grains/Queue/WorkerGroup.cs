using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>Workers that can do the same and have the same model loaded.</summary>
internal sealed class WorkerGroup(WorkerOffer example)
{
    /// <summary>Of any one of them.</summary>
    internal WorkerOffer Example => example;

    internal int Workers { get; set; }

    /// <summary>Those that wait for work; the last is woken first.</summary>
    internal List<KnownWorker> Idle { get; } = [];

    internal bool Fits(WorkerOffer offer) =>
        offer.Loaded == example.Loaded && offer.Memory == example.Memory && offer.Models.SequenceEqual(example.Models);
}
