using Cil.Grains.Blobs;
using Cil.Grains.Leases;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Webhooks;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cil.Grains.Jobs;

/// <summary>
/// Reconciles storage with what is in memory: calls the coordinators of unfinished jobs that do not wait in the queue, wakes
/// tenants whose events are still to be delivered, and deletes jobs whose retention has passed. A coordinator whose silo is
/// lost comes back only when it is called, and offers its chunks anew to a queue that was lost.
/// </summary>
[CoordinatorPlacement, GrainType("jobkeeper")]
internal sealed partial class JobReconcilerGrain(
    IBlobStore blobs, IOptions<LeaseOptions> leasing, IOptions<RetentionOptions> retention, TimeProvider clock,
    ILogger<JobReconcilerGrain> logger) : Grain, IJobReconcilerGrain
{
    // Job ids in one call to the queue, and jobs called at the same time.
    private const int Batch = 1000, AtOnce = 32;

    // A round asks about each unfinished job, so the interval grows with their number. It is counted from the start of a
    // round: slow storage and calls that hang must not delay jobs of a lost coordinator.
    private static readonly TimeSpan PausePerName = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromSeconds(15);

    // All jobs' names are read for it.
    private static readonly TimeSpan ExpiryPause = TimeSpan.FromMinutes(1);

    // Marks that name no job, each logged once.
    private readonly HashSet<string> foreign = [];

    private Task? round;
    private DateTimeOffset next = DateTimeOffset.MinValue, nextExpiry = DateTimeOffset.MinValue;

    public Task ReconcileAsync()
    {
        // Not in the turn: there may be many jobs.
        if (round is null or { IsCompleted: true } && clock.GetUtcNow() >= next) round = RunAsync();
        return Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        try
        {
            DateTimeOffset begun = clock.GetUtcNow();
            List<string> marks = await MarksAsync();
            // Every silo calls at that interval; half of it, so that a single silo's next call is not too early.
            TimeSpan shortest = leasing.Value.Keep / 2, pause = marks.Count * PausePerName;
            next = begun + (pause < shortest ? shortest : pause < LongestPause ? pause : LongestPause);
            ILookup<string, string> kinds = marks.ToLookup(Kind);
            await WakeJobsAsync(kinds[BlobNames.UnfinishedPrefix]);
            await WakeStatisticsAsync(kinds[BlobNames.UnfinishedStatisticsPrefix]);
            await WakeBatchesAsync(kinds[BlobNames.UnfinishedBatchPrefix]);
            await ExpireEarlyCancelsAsync();
            await WakeWebhooksAsync();
            await ExpireAsync();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogRoundFailed(error);
        }
    }

    private static string Kind(string mark) =>
        mark.StartsWith(BlobNames.UnfinishedStatisticsPrefix, StringComparison.Ordinal) ? BlobNames.UnfinishedStatisticsPrefix
            : mark.StartsWith(BlobNames.UnfinishedBatchPrefix, StringComparison.Ordinal) ? BlobNames.UnfinishedBatchPrefix
            : BlobNames.UnfinishedPrefix;

    private async Task WakeJobsAsync(IEnumerable<string> all)
    {
        IWorkQueueGrain queue = GrainFactory.GetGrain<IWorkQueueGrain>(0);
        foreach (string[] marks in all.Chunk(Batch))
        {
            IReadOnlyList<RenderJobId> others = await queue.NotWaitingAsync([.. Ids(marks, BlobNames.UnfinishedPrefix)]);
            foreach (RenderJobId[] some in others.Chunk(AtOnce))
                await Task.WhenAll(some.Select(
                    job => WakeAsync(GrainFactory.GetGrain<IRenderJobGrain>(job.Value).ResumeAsync, BlobNames.Unfinished(job))));
        }
    }

    private async Task WakeStatisticsAsync(IEnumerable<string> marks)
    {
        foreach (RenderJobId id in Ids(marks, BlobNames.UnfinishedStatisticsPrefix))
            await WakeAsync(GrainFactory.GetGrain<IDatasetStatisticsGrain>(id.Value).ResumeAsync, BlobNames.UnfinishedStatistics(id));
    }

    private async Task WakeBatchesAsync(IEnumerable<string> marks)
    {
        foreach (RenderJobId id in Ids(marks, BlobNames.UnfinishedBatchPrefix))
            await WakeAsync(GrainFactory.GetGrain<IRenderBatchGrain>(id.Value).ResumeAsync, BlobNames.UnfinishedBatch(id));
    }

    // Tenants with events that are still to be delivered are few.
    private async Task WakeWebhooksAsync()
    {
        await foreach (string mark in blobs.ListAsync(BlobNames.UnsentPrefix))
        {
            if (!RenderJobId.IsId(mark[BlobNames.UnsentPrefix.Length..])) continue;
            try
            {
                _ = await GrainFactory.GetGrain<IWebhookGrain>(mark[BlobNames.UnsentPrefix.Length..]).ResumeAsync();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                LogNotWoken(error, mark);
            }
        }
    }

    // A foreign file among the marks stays, and does not stop the others.
    private IEnumerable<RenderJobId> Ids(IEnumerable<string> marks, string prefix)
    {
        foreach (string mark in marks)
        {
            if (RenderJobId.IsId(mark[prefix.Length..])) yield return new RenderJobId(mark[prefix.Length..]);
            else if (foreign.Add(mark)) LogForeign(mark);
        }
    }

    private async Task WakeAsync(Func<Task<bool>> resume, string mark)
    {
        try
        {
            if (!await resume()) _ = await blobs.DeleteAsync(mark);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // One job that cannot be called must not stop the others.
            LogNotWoken(error, mark);
        }
    }

    private async Task<List<string>> MarksAsync()
    {
        var marks = new List<string>();
        await foreach (string mark in blobs.ListAsync(BlobNames.UnfinishedPrefix)) marks.Add(mark);
        return marks;
    }

    private async Task ExpireEarlyCancelsAsync()
    {
        IEarlyCancelsGrain cancels = GrainFactory.GetGrain<IEarlyCancelsGrain>(0);
        foreach (RenderJobId id in await cancels.ExpiredAsync())
        {
            IRenderJobGrain job = GrainFactory.GetGrain<IRenderJobGrain>(id.Value);
            // One that was submitted at the same time is a job like any other.
            if (await job.GetAsync() is { } snapshot && snapshot.ExpiresAt <= clock.GetUtcNow()) _ = await job.DeleteAsync();
            await cancels.RemoveAsync(id);
        }
    }

    private async Task ExpireAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now < nextExpiry) return;
        nextExpiry = now + ExpiryPause;
        var keeps = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        await foreach (string name in blobs.ListAsync(BlobNames.IndexPrefix))
        {
            if (IndexEntry.Of(name) is not { } entry) continue;
            try
            {
                if (!keeps.TryGetValue(entry.Tenant, out TimeSpan keep)) keeps[entry.Tenant] = keep = await KeepAsync(entry.Tenant);
                // No job ends before it began. Subtracted from now, since an entry's time may be any and could overflow.
                if (keep <= TimeSpan.Zero || entry.CreatedAt > now - keep) continue;
                IRenderJobGrain job = GrainFactory.GetGrain<IRenderJobGrain>(entry.Job.Value);
                // An entry of no job, or of a submission before the job's, which could not be stored.
                if (await job.GetAsync() is not { } snapshot || snapshot.CreatedAt != entry.CreatedAt) _ = await blobs.DeleteAsync(name);
                else if (snapshot.ExpiresAt <= now) _ = await job.DeleteAsync();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // One job that cannot be deleted must not stop the others.
                LogNotExpired(error, entry.Job);
            }
        }
    }

    private async Task<TimeSpan> KeepAsync(string tenant) =>
        (await GrainFactory.GetGrain<ITenantGrain>(tenant).GetAsync()).Quota.Keep ?? retention.Value.Keep;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Blob} is no job's mark; it is left as it is")]
    private partial void LogForeign(string blob);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: could not be looked at or deleted after its time; it is tried again")]
    private partial void LogNotExpired(Exception error, RenderJobId job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for unfinished jobs failed; it is tried again")]
    private partial void LogRoundFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Blob}: could not be woken; it is tried again")]
    private partial void LogNotWoken(Exception error, string blob);
}
