using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Cil.Interfaces.Batches;

/// <summary>Several videos of one request; its key is the batch's id. Its jobs are jobs like any other.</summary>
[Alias("cil.IRenderBatchGrain"), Version(1)]
public interface IRenderBatchGrain : IGrainWithStringKey
{
    /// <summary>What is wrong with a request; nothing for a batch that is known already.</summary>
    [Alias("Check")] Task<IReadOnlyList<RequestError>> CheckAsync(BatchRequest request);

    /// <summary>Stores the batch and submits its first job before it answers. The same call again gives the same batch.</summary>
    [Alias("Submit")] Task<BatchSubmission> SubmitAsync(BatchRequest request);

    /// <summary>The batch as it stands, or null when there is none of this id, or all its jobs were deleted.</summary>
    [Alias("Get")] Task<BatchSnapshot?> GetAsync();

    /// <summary>What its jobs come to, at most some seconds old; null as with <see cref="GetAsync"/>.</summary>
    [Alias("Summary")] Task<BatchSummary?> SummaryAsync();

    /// <summary>Cancels all its jobs; those that are not submitted yet never are.</summary>
    [Alias("Cancel")] Task<BatchSnapshot?> CancelAsync();

    /// <summary>Cancels the batch if it is unfinished, and deletes it with its jobs and all their blobs.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Delete")] Task<bool> DeleteAsync();

    /// <summary>One of its jobs was deleted.</summary>
    [Alias("Remove"), OneWay] Task RemoveAsync(RenderJobId job);

    /// <summary>Submits jobs that were not submitted yet.</summary>
    /// <returns>Whether there are any left.</returns>
    [Alias("Resume"), ResponseTimeout(CallTimeout.Short)] Task<bool> ResumeAsync();
}
