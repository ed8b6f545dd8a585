using Cil.Interfaces.Work;

namespace Cil.Interfaces.Jobs;

/// <summary>The coordinator of one job; its key is the job's id.</summary>
[Alias("cil.IRenderJobGrain")]
public interface IRenderJobGrain : IGrainWithStringKey
{
    /// <summary>Checks the request, fixes the plan, stores it, and only then answers. The same call again gives the same job.</summary>
    [Alias("Submit")] Task<Submission> SubmitAsync(RenderRequest request);

    /// <summary>The job as it stands, or null when there is none of this id.</summary>
    [Alias("Get")] Task<JobSnapshot?> GetAsync();

    /// <summary>A snapshot now and at each change, up to and with the last.</summary>
    [Alias("Watch")] IAsyncEnumerable<JobSnapshot> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the job, in any state and also before it is known; does nothing to a finished one.</summary>
    [Alias("Cancel")] Task CancelAsync();

    /// <summary>Takes up again a job whose coordinator was lost with its process.</summary>
    /// <returns>Whether there is a job of this id that is not over.</returns>
    [Alias("Resume")] Task<bool> ResumeAsync();

    /// <summary>A worker takes a chunk; null when it need not be rendered any more.</summary>
    [Alias("BeginChunk")] Task<ChunkLease?> BeginChunkAsync(int chunk, string worker);

    /// <summary>A worker's sign of life.</summary>
    /// <param name="done">Steps or frames of the chunk that are done.</param>
    [Alias("Heartbeat")] Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done);

    /// <summary>A chunk's end. Under an old epoch, or a second time, it changes nothing.</summary>
    [Alias("Report")] Task ReportAsync(int chunk, long epoch, ChunkResult result);

    /// <summary>The video is in storage, or could not be made.</summary>
    [Alias("ReportVideo")] Task ReportVideoAsync(Frames.AggregationResult result);
}
