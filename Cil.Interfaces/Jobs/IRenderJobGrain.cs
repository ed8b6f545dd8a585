using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;

namespace Cil.Interfaces.Jobs;

/// <summary>The coordinator of one job; its key is the job's id.</summary>
[Alias("cil.IRenderJobGrain")]
public interface IRenderJobGrain : IChunkSource
{
    /// <summary>What is wrong with a request; nothing for a job that is known already.</summary>
    [Alias("Check")] Task<IReadOnlyList<RequestError>> CheckAsync(RenderRequest request);

    /// <summary>Checks the request, fixes the plan, stores it, and only then answers. The same call again gives the same job.</summary>
    [Alias("Submit")] Task<Submission> SubmitAsync(RenderRequest request);

    /// <summary>The job as it stands, or null when there is none of this id.</summary>
    [Alias("Get")] Task<JobSnapshot?> GetAsync();

    /// <summary>
    /// What the job was made with and how its chunks stand; null when there is none of this id, or nothing is known of it.
    /// </summary>
    [Alias("Details")] Task<JobDetails?> DetailsAsync();

    /// <summary>A snapshot now, at each change, and every two seconds where nothing does; up to and with the last.</summary>
    [Alias("Watch")] IAsyncEnumerable<JobSnapshot> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Cancels the job, in any state and also before it is submitted; has no effect on a finished one.</summary>
    [Alias("Cancel")] Task CancelAsync();

    /// <summary>Begins no more chunks of it; those that workers have go to their end.</summary>
    /// <returns>The job as it stands then, or null when there is none of this id.</returns>
    [Alias("Pause")] Task<JobSnapshot?> PauseAsync();

    /// <summary>Goes on with a paused job; has no effect on any other.</summary>
    [Alias("Unpause")] Task<JobSnapshot?> UnpauseAsync();

    /// <summary>Changes the job's priority; has no effect on a finished one.</summary>
    /// <returns>The job as it stands then, or null when there is none of this id.</returns>
    [Alias("SetPriority")] Task<JobSnapshot?> SetPriorityAsync(int priority);

    /// <summary>Goes on with a failed job from its last checkpoint, with its failures forgotten; has no effect on any other.</summary>
    [Alias("Retry")] Task<JobSnapshot?> RetryAsync();

    /// <summary>Cancels the job if it is unfinished, and deletes it with all its blobs.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Delete")] Task<bool> DeleteAsync();

    /// <summary>Has the video made of a job whose draft waits for approval; has no effect on any other.</summary>
    [Alias("Approve")] Task<JobSnapshot?> ApproveAsync();

    /// <summary>Cancels a job whose draft waits for approval; has no effect on any other.</summary>
    [Alias("Reject")] Task<JobSnapshot?> RejectAsync();

    /// <summary>Its deadline has passed while it waited.</summary>
    [Alias("Expire")] Task ExpireAsync();

    /// <summary>The video is in storage, or could not be made.</summary>
    [Alias("ReportVideo"), ResponseTimeout(CallTimeout.Short)] Task ReportVideoAsync(AggregationResult result);
}
