using Cil.Grains.Blobs;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>What people do to a job, and how it ends.</summary>
public sealed partial class RenderJobGrain
{
    public async Task CancelAsync()
    {
        if (IsFinished && stored.RecordExists) return;
        // Before the job is known, the cancellation itself is stored: a submission that comes later finds it.
        if (!stored.RecordExists) State.CreatedAt = clock.GetUtcNow();
        await FinishAsync(JobState.Cancelled, new JobError(JobError.Cancelled, "the job was cancelled", Retryable: false));
    }

    public async Task<JobSnapshot?> PauseAsync()
    {
        if (IsUnfinished && State.State != JobState.Paused)
        {
            State.State = JobState.Paused;
            await SaveAsync();
            await Queue.WithdrawAsync(Id);
        }

        return await GetAsync();
    }

    public async Task<JobSnapshot?> UnpauseAsync()
    {
        if (IsUnfinished && State.State == JobState.Paused) await GoOnFromCheckpointAsync();
        return await GetAsync();
    }

    public async Task<JobSnapshot?> RetryAsync()
    {
        if (stored.RecordExists && State.State == JobState.Failed && State.Plan is not null)
        {
            foreach (ChunkState chunk in State.Chunks) (chunk.Failures, chunk.OutOfMemory, chunk.Losses) = (0, 0, 0);
            State.FailedOn.Clear();
            State.EncodeFailures = 0;
            (State.Error, State.FinishedAt, State.ExpiresAt) = (null, null, null);
            // A deadline that has passed would end it again at once.
            if (State.Request!.Deadline <= clock.GetUtcNow()) State.Request = State.Request with { Deadline = null };
            await MarkUnfinishedAsync();
            await GoOnFromCheckpointAsync();
        }

        return await GetAsync();
    }

    public async Task<bool> DeleteAsync()
    {
        if (!stored.RecordExists) return false;
        if (!IsFinished) await CancelAsync();
        // The entry last: a deletion that is broken off leaves a job that can be deleted again.
        await DeleteAllAsync(blobs.ListAsync(BlobNames.Job(Id)));
        _ = await blobs.DeleteAsync(BlobNames.Unfinished(Id));
        if (IndexName is { } index) _ = await blobs.DeleteAsync(index);
        await stored.ClearStateAsync();
        await GrainFactory.GetGrain<IJobIndexGrain>(0).RemoveAsync(Id);
        leases = new LeaseTable([]);
        changed.Set();
        DeactivateOnIdle();
        return true;
    }

    public async Task ExpireAsync()
    {
        if (!IsUnfinished || State.Request!.Deadline is not { } deadline || deadline > clock.GetUtcNow()) return;
        await FinishAsync(JobState.Failed, new JobError(JobError.DeadlineExceeded, $"not done by its deadline, {deadline:u}", Retryable: false));
    }

    private async Task GoOnFromCheckpointAsync()
    {
        State.State = State.Chunks.Exists(chunk => chunk.OutputBlob is not null) ? JobState.Running : JobState.Queued;
        await SaveAsync();
        _ = await ResumeAsync();
    }

    private async Task FinishAsync(JobState state, JobError? error)
    {
        State.State = state;
        State.Error = error;
        State.FinishedAt = clock.GetUtcNow();
        State.ExpiresAt = State.FinishedAt + retention.Value.Keep;
        await SaveAsync();
        timer?.Dispose();
        timer = null;
        LogFinished(Id, state, error?.Message ?? "");
        await leases.StopAsync(GrainFactory, Id);
        // How far they were is still shown.
        foreach ((int chunk, DateTimeOffset since) in leases.Since) _ = Queue.EndAsync(Id, chunk, clock.GetUtcNow() - since);
        await Queue.WithdrawAsync(Id);
        await TidyAsync();
    }

    // Takes away what nobody needs any more; what a failed job has rendered is kept for another try. The mark goes last, so
    // that what was broken off is done by the keeper.
    private async Task TidyAsync()
    {
        if (State.State != JobState.Failed) await DeleteAllAsync(blobs.ListAsync(BlobNames.Work(Id)));
        _ = await blobs.DeleteAsync(BlobNames.Unfinished(Id));
    }

    private async Task DeleteAllAsync(IAsyncEnumerable<string> names)
    {
        await foreach (string name in names) _ = await blobs.DeleteAsync(name);
    }

    private async Task DeleteAllAsync(IReadOnlyList<string> names)
    {
        foreach (string name in names) _ = await blobs.DeleteAsync(name);
    }
}
