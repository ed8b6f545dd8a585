using Cil.Grains.Leases;
using Cil.Interfaces;

namespace Cil.Grains.Chunks;

/// <summary>What a <see cref="ChunkCoordinator"/> asks of whose chunks it hands out: a render job or a data set's statistics.</summary>
internal interface IChunkOwner
{
    /// <summary>Whether there is work that has neither succeeded, failed nor been cancelled.</summary>
    bool IsUnfinished { get; }

    /// <summary>Writes the state that the chunks are part of.</summary>
    Task WriteStateAsync();

    /// <summary>Offers to the queue whatever can be begun, or goes on to what comes after the last chunk.</summary>
    Task ScheduleAsync();

    /// <summary>Called at each interval of <see cref="LeaseOptions.Check"/>.</summary>
    Task CheckAsync();

    /// <summary>A worker will not bring a chunk to its end.</summary>
    /// <returns>Whether that counts against the chunk; else it is only free again.</returns>
    bool Lost(LostLease lost);

    /// <summary>A failure was counted against a chunk.</summary>
    /// <param name="worker">The worker it failed on; empty where no worker is at fault.</param>
    void Failed(int chunk, string worker, JobError error);

    /// <summary>A chunk has failed, or was lost, as often as it may.</summary>
    Task GiveUpAsync(JobError error);

    /// <summary>Device time was used.</summary>
    void Used(TimeSpan time);
}
