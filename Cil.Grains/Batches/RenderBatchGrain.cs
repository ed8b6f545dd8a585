using Cil.Grains.Blobs;
using Cil.Grains.Jobs;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Batches;

/// <summary>
/// Submits the jobs of a batch, the first before it answers and the others as there is room: what the queue has no room for is
/// submitted later, also by another silo. All else is the jobs' own.
/// </summary>
[CoordinatorPlacement]
internal sealed partial class RenderBatchGrain(
    [PersistentState("batch", BlobGrainStorage.Provider)] IPersistentState<BatchState> stored, IBlobStore blobs, TimeProvider clock,
    ILogger<RenderBatchGrain> logger) : Grain, IRenderBatchGrain
{
    // Jobs called at the same time.
    private const int AtOnce = 32;

    // Each job is asked for a summary; whoever lists batches, lists them again and again.
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(3);

    private BatchBlobs own = null!;
    private BatchSummary? summary;
    private DateTimeOffset summarized;
    private Task? submitting;
    private Task saving = Task.CompletedTask;

    private RenderJobId Id => new(this.GetPrimaryKeyString());

    private BatchState State => stored.State;

    private BatchRequest Request => State.Request!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        own = new BatchBlobs(Id, blobs);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<RequestError>> CheckAsync(BatchRequest request)
    {
        if (stored.RecordExists) return [];
        IReadOnlyList<RequestError> errors = BatchPlanner.Errors(Id, request);
        // A job's checks need a picture; any other fault of the batch says nothing of the jobs' fields.
        RenderRequest sample = request.Request with { ImageBlob = request.Images is [var first, ..] ? first : "image" };
        return [.. errors, .. await GrainFactory.GetGrain<IRenderJobGrain>(RenderJobId.New().Value).CheckAsync(sample)];
    }

    public async Task<BatchSubmission> SubmitAsync(BatchRequest request)
    {
        if (stored.RecordExists)
        {
            await own.DeleteImagesAsync(request.Images.Except(Request.Images));
            if (BatchPlanner.Differences(Request, request) is { Count: > 0 } fields)
                return new BatchSubmission.Rejected(new Submission.Mismatch(fields));
            Continue();
            return new BatchSubmission.Accepted(await SnapshotAsync(), IsNew: false);
        }

        if (await CheckAsync(request) is { Count: > 0 } errors) return await RejectAsync(request, new Submission.Refused(errors));
        stored.State = new BatchState
        {
            Request = request,
            Seeds = BatchPlanner.Seeds(request, RandomSeed.Draw()),
            CreatedAt = clock.GetUtcNow(),
        };
        State.StoredBytes = await own.BytesAsync(request.Images);
        await own.MarkUnfinishedAsync();
        await SaveAsync();
        if (await SubmitJobAsync(0) is not Submission.Accepted and var refusal)
        {
            await ClearAsync();
            await own.UnmarkAsync();
            return await RejectAsync(request, refusal);
        }

        State.Submitted = 1;
        await AddToIndexAsync();
        await SaveAsync();
        _ = Tenant.StoreAsync(State.StoredBytes);
        LogAccepted(Id, State.Count);
        Continue();
        return new BatchSubmission.Accepted(await SnapshotAsync(), IsNew: true);
    }

    public async Task<BatchSnapshot?> GetAsync() => stored.RecordExists ? await SnapshotAsync() : null;

    public async Task<BatchSummary?> SummaryAsync()
    {
        if (!stored.RecordExists) return null;
        DateTimeOffset now = clock.GetUtcNow();
        if (summary is { } known && now - summarized < Lasting) return known;
        summarized = now;
        return summary = BatchView.Summary(await SnapshotAsync(), Request.Request);
    }

    public async Task<BatchSnapshot?> CancelAsync()
    {
        if (!stored.RecordExists) return null;
        if (!State.IsSubmitted)
        {
            State.IsCancelled = true;
            await SaveAsync();
        }

        await ForEachJobAsync(job => job.CancelAsync());
        return await SnapshotAsync();
    }

    public async Task<bool> DeleteAsync()
    {
        if (!stored.RecordExists) return false;
        _ = await CancelAsync();
        await ForEachJobAsync(job => job.DeleteAsync());
        await ForgetAsync();
        return true;
    }

    public async Task RemoveAsync(RenderJobId job)
    {
        if (!stored.RecordExists) return;
        int index = Enumerable.Range(0, State.Count).FirstOrDefault(number => BatchNames.Job(Id, number) == job, -1);
        if (index < 0 || State.Removed.Contains(index)) return;
        State.Removed.Add(index);
        if (State.IsSubmitted && State.Removed.Count + State.Refused.Count >= State.Submitted) await ForgetAsync();
        else await SaveAsync();
    }

    public Task<bool> ResumeAsync()
    {
        if (!stored.RecordExists || State.IsSubmitted) return Task.FromResult(false);
        Continue();
        return Task.FromResult(true);
    }

    private ITenantGrain Tenant => GrainFactory.GetGrain<ITenantGrain>(Request.Request.Tenant);

    private IJobIndexGrain Index => GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Batches);

    private IRenderJobGrain Job(int index) => GrainFactory.GetGrain<IRenderJobGrain>(BatchNames.Job(Id, index).Value);

    private async Task AddToIndexAsync()
    {
        await own.AddToIndexAsync(Request.Request.Tenant, State.CreatedAt);
        await Index.AddAsync(Id, Request.Request.Tenant, State.CreatedAt);
    }

    // Not in the caller's turn: there may be hundreds, and each is written.
    private void Continue()
    {
        if (submitting is null or { IsCompleted: true }) submitting = SubmitRestAsync();
    }

    private async Task SubmitRestAsync()
    {
        try
        {
            // Also of a batch whose silo was lost before that.
            await AddToIndexAsync();
            while (stored.RecordExists && !State.IsSubmitted)
            {
                int index = State.Submitted;
                switch (await SubmitJobAsync(index))
                {
                    // There is no room: at the reconciler's next round there may be.
                    case Submission.Busy: return;
                    case Submission.Refused refused:
                        Refuse(index, string.Join("; ", refused.Faults.Select(fault => $"{fault.Field}: {fault.Message}")));
                        break;
                    case Submission.Mismatch:
                        Refuse(index, $"the id {BatchNames.Job(Id, index)} is another job's");
                        break;
                }

                if (!stored.RecordExists)
                {
                    // The batch was deleted in the meantime: this one was not among its jobs.
                    _ = await Job(index).DeleteAsync();
                    return;
                }

                State.Submitted++;
                await SaveAsync();
                // Cancelled in the meantime: this one was not among those that were.
                if (State.IsCancelled) await Job(index).CancelAsync();
            }

            await own.UnmarkAsync();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotSubmitted(error, Id);
        }
    }

    private Task<Submission> SubmitJobAsync(int index) => Job(index).SubmitAsync(BatchPlanner.Job(Id, Request, State.Seeds, index));

    private void Refuse(int index, string reason) => State.Refused[index] = new JobError(JobError.InvalidRequest, reason, Retryable: false);

    private async Task<BatchSubmission> RejectAsync(BatchRequest request, Submission answer)
    {
        await own.DeleteImagesAsync(request.Images);
        return new BatchSubmission.Rejected(answer);
    }

    private async Task<BatchSnapshot> SnapshotAsync()
    {
        var jobs = new JobSnapshot?[State.Count];
        await ForEachJobAsync(async (job, index) => jobs[index] = await job.GetAsync());
        return BatchView.Of(Id, State, jobs);
    }

    private Task ForEachJobAsync(Func<IRenderJobGrain, Task> act) => ForEachJobAsync((job, _) => act(job));

    private async Task ForEachJobAsync(Func<IRenderJobGrain, int, Task> act)
    {
        IEnumerable<int> there = Enumerable.Range(0, State.Submitted).Except(State.Removed).Except(State.Refused.Keys);
        foreach (int[] some in there.Chunk(AtOnce)) await Task.WhenAll(some.Select(index => act(Job(index), index)));
    }

    private async Task ForgetAsync()
    {
        if (State.StoredBytes > 0) _ = Tenant.StoreAsync(-State.StoredBytes);
        await own.DeleteAllAsync(Request.Request.Tenant, State.CreatedAt);
        await ClearAsync();
        await Index.RemoveAsync(Id);
    }

    // One write at a time: jobs are submitted between calls.
    private Task SaveAsync() => saving = AfterAsync(saving, () => stored.WriteStateAsync());

    private Task ClearAsync() => saving = AfterAsync(saving, () => stored.ClearStateAsync());

    private static async Task AfterAsync(Task before, Func<Task> write)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await write();
    }
}
