using Cil.Cli.Render;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>Shows how far a job is, until it is over, and why it stands still where it does.</summary>
internal static class JobFollower
{
    // Without news for so long, it may be that nobody is at it. Workers ask for what has been offered within a second.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <returns>The job's end, or as it waits for approval; null when there is no such job.</returns>
    internal static async Task<JobSnapshot?> FollowAsync(
        ICilClient client, RenderJobId id, RenderProgress progress, CancellationToken cancellationToken)
    {
        JobSnapshot? last = null;
        await using IAsyncEnumerator<JobSnapshot> snapshots = client.WatchAsync(id, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        Task<bool> next = snapshots.MoveNextAsync().AsTask();
        while (true)
        {
            // Cancelling ends the wait for the next snapshot, and so this one.
            if (await Task.WhenAny(next, Task.Delay(Quiet, CancellationToken.None)) != next)
            {
                if (await WhyAsync(client, id) is { } why) progress.Explain(why);
                continue;
            }

            if (!await next) return last;
            progress.Show(last = snapshots.Current);
            // Nobody knows when somebody will look at its draft.
            if (last.State == JobState.AwaitingApproval) return last;
            next = snapshots.MoveNextAsync().AsTask();
        }
    }

    // Null where a worker is at it, or when nobody answers just now: the watch itself finds out.
    private static async Task<string?> WhyAsync(ICilClient client, RenderJobId id)
    {
        try
        {
            if (await client.GetAsync(id) is not { Workers.Count: 0 } job) return null;
            return await client.WhyAsync(id) ?? (job.State == JobState.Paused ? JobsCommand.IsPaused : null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }
}
