using Cil.Interfaces.Queue;

namespace Cil.Grains.Diagnostics;

/// <summary>What the queue holds at one moment.</summary>
/// <param name="WaitingJobs">Jobs that wait for a worker.</param>
/// <param name="RunningJobs">Jobs that a worker has a chunk of.</param>
/// <param name="RunningChunks">Chunks that workers have.</param>
/// <param name="Demand">What each class of devices could fill, and its workers.</param>
internal sealed record QueueLoad(int WaitingJobs, int RunningJobs, int RunningChunks, IReadOnlyList<ClassDemand> Demand);
