using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>Workers of one class with the same models, the same memory and the same model loaded.</summary>
internal sealed class WorkerGroup(WorkerOffer example)
{
    /// <summary>The offer of any one of them.</summary>
    internal WorkerOffer Example => example;

    internal int Workers { get; set; }

    /// <summary>The idle workers; the last is woken first.</summary>
    internal List<RegisteredWorker> Idle { get; } = [];

    internal bool Fits(WorkerOffer offer) =>
        offer.Loaded == example.Loaded
            && offer.Memory == example.Memory
            && offer.Class == example.Class
            && offer.Models.SequenceEqual(example.Models);
}
