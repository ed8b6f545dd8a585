using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>What is made of a client's calls.</summary>
public static class CilClientExtensions
{
    /// <summary>Waits for a job's end, whatever it is.</summary>
    /// <param name="client">Whom to ask.</param>
    /// <param name="id">The job.</param>
    /// <param name="progress">Told of each change; null for nobody.</param>
    /// <param name="cancellationToken">Ends the wait; the job goes on.</param>
    /// <returns>The job as it ended, or null when there is none of this id.</returns>
    /// <exception cref="CilApiException">The service refuses the call, or was out of reach ten times in a row.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<JobSnapshot?> WaitAsync(
        this ICilClient client, RenderJobId id, IProgress<JobSnapshot>? progress = null, CancellationToken cancellationToken = default)
    {
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, cancellationToken))
        {
            last = snapshot;
            progress?.Report(snapshot);
        }

        return last is { IsFinished: true } ? last : await client.GetAsync(id, cancellationToken);
    }
}
