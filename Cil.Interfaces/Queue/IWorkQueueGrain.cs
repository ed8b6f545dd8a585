using Cil.Interfaces.Workers;
using Orleans.Concurrency;

namespace Cil.Interfaces.Queue;

/// <summary>
/// The queue of chunks for all workers. What waits is in memory only and is offered again by the jobs after a loss; pauses,
/// shares and measured memory are stored.
/// </summary>
[Alias("cil.IWorkQueueGrain")]
public interface IWorkQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Whether there is room for another job, and any worker that could do it.</summary>
    [Alias("Admit"), ResponseTimeout(CallTimeout.Short)] Task<Admission> AdmitAsync(string tenant, string model, long memory);

    /// <summary>The same for a tenant that has a quota of its own.</summary>
    /// <param name="mostWaiting">Jobs of the tenant that may wait.</param>
    [Alias("AdmitWithin"), ResponseTimeout(CallTimeout.Short)]
    Task<Admission> AdmitWithinAsync(
        string tenant, string model, long memory, int mostWaiting);

    /// <summary>Adds a chunk, or renews one that already waits.</summary>
    [Alias("Offer"), ResponseTimeout(CallTimeout.Short)] Task OfferAsync(ChunkTicket ticket);

    /// <summary>Withdraws whatever a job has waiting.</summary>
    [Alias("Withdraw"), ResponseTimeout(CallTimeout.Short)] Task WithdrawAsync(RenderJobId job);

    /// <summary>The next chunk for a worker, or null; a worker that got none is woken when there is one.</summary>
    [Alias("TakeNext"), ResponseTimeout(CallTimeout.Short)] Task<ChunkTicket?> TakeNextAsync(WorkerOffer offer);

    /// <summary>A chunk that was taken is over, however it ended; its device time is charged to its tenant.</summary>
    /// <param name="used">Device time; zero when the chunk was not begun.</param>
    [Alias("End"), OneWay] Task EndAsync(RenderJobId job, int chunk, TimeSpan used);

    /// <summary>
    /// Which of these jobs have no ticket that waits for any worker: they are running, or a lost queue has forgotten them. A
    /// chunk that a worker has does not show that its job is running: both may have been lost together.
    /// </summary>
    [Alias("NotWaiting"), ResponseTimeout(CallTimeout.Short)]
    Task<IReadOnlyList<RenderJobId>> NotWaitingAsync(IReadOnlyList<RenderJobId> jobs);

    /// <summary>How many jobs wait before this one; null when it does not wait.</summary>
    [Alias("Position"), ResponseTimeout(CallTimeout.Short)] Task<int?> PositionAsync(RenderJobId job);

    /// <summary>Explains why a job waits, for people; null when it does not wait.</summary>
    [Alias("Why"), ResponseTimeout(CallTimeout.Short)] Task<string?> QueueReasonAsync(RenderJobId job);

    /// <summary>Hands out no more chunks, of one tenant or, with null, at all. Chunks that workers have go to their end.</summary>
    [Alias("Pause")] Task PauseAsync(string? tenant);

    [Alias("Unpause")] Task UnpauseAsync(string? tenant);

    /// <summary>Hands out no more chunks of a model. Chunks that workers have go to their end.</summary>
    [Alias("PauseModel")] Task PauseModelAsync(string model);

    [Alias("UnpauseModel")] Task UnpauseModelAsync(string model);

    /// <summary>A tenant's weight among tenants, above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not a number above 0.</exception>
    [Alias("SetShare")] Task SetShareAsync(string tenant, double share);

    /// <summary>Remembers how much device memory work of this kind took.</summary>
    [Alias("Measured"), OneWay] Task MeasuredAsync(string kind, long bytes);

    /// <summary>Device memory that work of this kind took at most, in bytes; 0 where none was measured.</summary>
    [Alias("Memory"), ResponseTimeout(CallTimeout.Short)] Task<long> MemoryAsync(string kind);

    [Alias("Status"), ResponseTimeout(CallTimeout.Short)] Task<QueueStatus> StatusAsync();

    /// <summary>The demand for devices of each class that is listed or has a worker, in the order in which work is given to them.</summary>
    [Alias("Demand"), ResponseTimeout(CallTimeout.Short)] Task<IReadOnlyList<ClassDemand>> DemandAsync();
}
