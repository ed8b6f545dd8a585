namespace Cil.Interfaces.Work;

/// <summary>
/// Who is next. Holds nothing that the jobs could not offer again: a lost queue is rebuilt from them.
/// </summary>
[Alias("cil.IWorkQueueGrain")]
public interface IWorkQueueGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a chunk, or renews one that already waits.</summary>
    [Alias("Offer")] Task OfferAsync(ChunkTicket ticket);

    /// <summary>Takes back whatever a job has waiting.</summary>
    [Alias("Withdraw")] Task WithdrawAsync(Jobs.RenderJobId job);

    /// <summary>The next chunk for a worker, or null; a worker that got none is woken when there is one.</summary>
    [Alias("Take")] Task<ChunkTicket?> TakeAsync(string worker, IReadOnlyList<string> models);

    /// <summary>How many jobs wait before this one; null when it does not wait.</summary>
    [Alias("Position")] Task<int?> PositionAsync(Jobs.RenderJobId job);
}
