using Cil.Interfaces.Workers;
using Orleans.Concurrency;

namespace Cil.Interfaces.Queue;

/// <summary>
/// Who is next. Of its memory nothing is precious: a lost queue is rebuilt from the jobs. What people have said of it
/// (pauses, shares, measured memory) is stored.
/// </summary>
[Alias("cil.IWorkQueueGrain")]
public interface IWorkQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Whether there is room for another job, and any worker that could do it.</summary>
    /// <param name="mostWaiting">Jobs of the tenant that may wait, where it has a quota of its own; null for the service's.</param>
    [Alias("Admit"), ResponseTimeout(CallPatience.Short)] Task<Admission> AdmitAsync(string tenant, string model, long memory, int? mostWaiting = null);

    /// <summary>Adds a chunk, or renews one that already waits.</summary>
    [Alias("Offer"), ResponseTimeout(CallPatience.Short)] Task OfferAsync(ChunkTicket ticket);

    /// <summary>Takes back whatever a job has waiting.</summary>
    [Alias("Withdraw"), ResponseTimeout(CallPatience.Short)] Task WithdrawAsync(RenderJobId job);

    /// <summary>The next chunk for a worker, or null; a worker that got none is woken when there is one.</summary>
    [Alias("TakeNext"), ResponseTimeout(CallPatience.Short)] Task<ChunkTicket?> TakeNextAsync(WorkerOffer offer);

    /// <summary>A chunk that was taken is over, however it ended; its device time is counted against its tenant.</summary>
    /// <param name="used">Device time; zero when the chunk was not begun.</param>
    [Alias("End"), OneWay] Task EndAsync(RenderJobId job, int chunk, TimeSpan used);

    /// <summary>
    /// Those of these jobs that have nothing waiting for whoever comes: at work, if all is well, or forgotten. That a worker
    /// has a job's chunk is no sign that the job is looked after: both may have been lost together.
    /// </summary>
    [Alias("NotWaiting"), ResponseTimeout(CallPatience.Short)] Task<IReadOnlyList<RenderJobId>> NotWaitingAsync(IReadOnlyList<RenderJobId> jobs);

    /// <summary>How many jobs wait before this one; null when it does not wait.</summary>
    [Alias("Position"), ResponseTimeout(CallPatience.Short)] Task<int?> PositionAsync(RenderJobId job);

    /// <summary>Why a job waits, in words; null when it does not wait.</summary>
    [Alias("Why"), ResponseTimeout(CallPatience.Short)] Task<string?> WhyAsync(RenderJobId job);

    /// <summary>Hands nothing more out, of one tenant or, with null, at all. Chunks in hand go to their end.</summary>
    [Alias("Pause")] Task PauseAsync(string? tenant);

    [Alias("Unpause")] Task UnpauseAsync(string? tenant);

    /// <summary>A tenant's weight among tenants, above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not a number above 0.</exception>
    [Alias("SetShare")] Task SetShareAsync(string tenant, double share);

    /// <summary>Remembers how much device memory work of this kind took.</summary>
    [Alias("Measured"), OneWay] Task MeasuredAsync(string kind, long bytes);

    /// <summary>Device memory that work of this kind took at most, in bytes; 0 where none was measured.</summary>
    [Alias("Memory"), ResponseTimeout(CallPatience.Short)] Task<long> MemoryAsync(string kind);

    [Alias("Status"), ResponseTimeout(CallPatience.Short)] Task<QueueStatus> StatusAsync();
}
