using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Placement;
using Cil.Grains.Versions;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>
/// The coordinator of one job. It stores what it decides before it answers: a job exists once it is in storage, and a chunk's
/// result counts once, under the epoch that the chunk was handed out with. Takes commands; <see cref="JobExecution"/> carries
/// the job out and <see cref="JobResults"/> takes results in.
/// </summary>
[CoordinatorPlacement]
internal sealed partial class RenderJobGrain(
    [PersistentState("job", BlobGrainStorage.Provider)] IPersistentState<RenderJobState> stored,
    IModelCatalog catalog,
    IBlobStore store,
    IClusterFormat format,
    IOptions<PlannerOptions> planning,
    IOptions<LeaseOptions> leasing,
    IOptions<RetentionOptions> retention,
    GridInstruments instruments,
    TimeProvider clock,
    ILogger<RenderJobGrain> logger) : Grain, IRenderJobGrain
{
    private readonly RateEstimate rate = new();
    private JobBlobs blobs = null!;
    private JobExecution execution = null!;
    private JobResults results = null!;
    private JobAdmission admission = null!;

    // From the index, for a job whose state is damaged.
    private IndexEntry? indexEntry;

    private RenderJobId Id => new(this.GetPrimaryKeyString());

    private RenderJobState State => stored.State;

    // Null for a job that the index does not know.
    private string? IndexName => State.Request is { } request ? BlobNames.Index(Id, request.Tenant, State.CreatedAt)
        : indexEntry is { } entry ? BlobNames.Index(Id, entry.Tenant, entry.CreatedAt)
        : null;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        blobs = new JobBlobs(Id, store, logger);
        execution = new JobExecution(
            Id, this, GrainFactory, stored, blobs, catalog, format, leasing.Value, retention.Value, instruments, clock, logger);
        results = new JobResults(execution, stored, blobs, leasing.Value, logger);
        admission = new JobAdmission(Id, catalog, planning.Value, GrainFactory, blobs, format, instruments, clock);
        if (State.Damage is { } damage) await ReportDamageAsync(damage, cancellationToken);
        execution.Adopt();
    }

    public async Task<IReadOnlyList<RequestError>> CheckAsync(RenderRequest request)
    {
        IReadOnlyList<RequestError> errors = stored.RecordExists ? [] : await admission.CheckAsync(admission.Complete(request));
        if (errors.Count > 0) DeactivateOnIdle();
        return errors;
    }

    public async Task<Submission> SubmitAsync(RenderRequest request)
    {
        request = admission.Complete(request);
        if (stored.RecordExists)
        {
            await DeleteUploadsAsync(request);
            // Where it was cancelled before it was submitted, or is damaged, nobody knows what was asked for.
            if (State.Request is { } first && RequestComparer.Differences(first, request) is { Count: > 0 } fields)
                return new Submission.Mismatch(fields);
            _ = await execution.ResumeAsync();
            return new Submission.Accepted(Snapshot(null), IsNew: false);
        }

        AdmissionResult.Admitted? admitted = null;
        try
        {
            AdmissionResult result = await admission.AdmitAsync(request);
            if (result is AdmissionResult.Refused refused) return refused.Answer;
            admitted = (AdmissionResult.Admitted)result;
        }
        finally
        {
            // Refused, or not checked to the end. Whoever asks again uploads again.
            if (admitted is null)
            {
                DeactivateOnIdle();
                await DeleteUploadsAsync(request);
            }
        }

        RenderPlan full = admitted.Plan with { TraceParent = GridActivities.TraceParent };
        RenderPlan plan = admitted.Draft is { } draft ? draft with { TraceParent = full.TraceParent } : full;
        stored.State = new RenderJobState
        {
            State = JobState.Queued,
            Request = request,
            Plan = plan,
            FullPlan = plan.IsDraft ? full : null,
            Chunks = [.. plan.Chunks.Select(_ => new ChunkState())],
            CreatedAt = clock.GetUtcNow(),
        };
        execution.Begin(admitted.Memory);
        // The marks first: a job that is stored is always found again, and a mark without a job is taken away.
        await Task.WhenAll(blobs.MarkUnfinishedAsync(), blobs.AddToIndexAsync(request.Tenant, State.CreatedAt));
        await execution.Coordinator.SaveAsync();
        LogAccepted(Id, plan.Model, plan.Chunks.Count);
        await GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Jobs).AddAsync(Id, request.Tenant, State.CreatedAt);
        _ = await execution.ResumeAsync();
        return new Submission.Accepted(Snapshot(null), IsNew: true);
    }

    public async Task<JobSnapshot?> GetAsync()
    {
        if (stored.RecordExists) return Snapshot(await PositionAsync());
        // Ids that nobody has must not fill the memory.
        DeactivateOnIdle();
        return null;
    }

    public Task<JobDetails?> DetailsAsync() =>
        Task.FromResult(stored.RecordExists ? JobView.Details(State, execution.Coordinator.Leases.Done) : null);

    public IAsyncEnumerable<JobSnapshot> WatchAsync(CancellationToken cancellationToken = default) =>
        execution.Coordinator.WatchAsync(GetAsync, snapshot => snapshot.IsFinished, cancellationToken);

    public async Task CancelAsync()
    {
        if (State.State.IsFinished() && stored.RecordExists) return;
        // Before the job is submitted, the cancellation itself is stored: the submission that comes later finds it.
        if (!stored.RecordExists) State.CreatedAt = clock.GetUtcNow();
        await execution.FinishAsync(JobState.Cancelled, new JobError(JobError.Cancelled, "the job was cancelled", Retryable: false));
    }

    public async Task<JobSnapshot?> PauseAsync()
    {
        if (execution.IsUnfinished && State.State is JobState.Queued or JobState.Running)
        {
            State.State = JobState.Paused;
            await execution.Coordinator.SaveAsync();
            await execution.Coordinator.Queue.WithdrawAsync(Id);
        }

        return await GetAsync();
    }

    public async Task<JobSnapshot?> UnpauseAsync()
    {
        if (execution.IsUnfinished && State.State == JobState.Paused) await execution.ResumeFromCheckpointAsync();
        return await GetAsync();
    }

    public async Task<JobSnapshot?> ApproveAsync()
    {
        if (stored.RecordExists && State.State == JobState.AwaitingApproval) await execution.ApproveAsync();
        return await GetAsync();
    }

    public async Task<JobSnapshot?> RejectAsync()
    {
        if (stored.RecordExists && State.State == JobState.AwaitingApproval)
            await execution.FinishAsync(JobState.Cancelled, new JobError(JobError.Rejected, "its draft was rejected", Retryable: false));
        return await GetAsync();
    }

    public async Task<JobSnapshot?> SetPriorityAsync(int priority)
    {
        if (execution.IsUnfinished && (State.Priority ?? State.Request!.Priority) != priority)
        {
            State.Priority = priority;
            await execution.Coordinator.SaveAsync();
            // Tickets that wait are replaced, and keep the time since when they do.
            if (State.State is JobState.Queued or JobState.Running) await execution.ScheduleAsync();
        }

        return await GetAsync();
    }

    public async Task<JobSnapshot?> RetryAsync()
    {
        if (stored.RecordExists && State.State == JobState.Failed && State.Plan is not null)
        {
            await blobs.MarkUnfinishedAsync();
            State.ForgetFailures(clock.GetUtcNow());
            if (State is { FullPlan: not null, DraftBlob: not null }) await execution.AwaitApprovalAsync();
            else await execution.ResumeFromCheckpointAsync();
        }

        return await GetAsync();
    }

    public async Task<bool> DeleteAsync()
    {
        if (!stored.RecordExists) return false;
        if (!State.State.IsFinished()) await CancelAsync();
        string? batch = State.Request?.Batch;
        await blobs.DeleteAllAsync(IndexName);
        if (State.StoredBytes > 0 && State.Request is { } request)
            _ = GrainFactory.GetGrain<ITenantGrain>(request.Tenant).StoreAsync(-State.StoredBytes);
        bool cameEarly = State.Request is null;
        await stored.ClearStateAsync();
        if (cameEarly) await GrainFactory.GetGrain<IEarlyCancelsGrain>(0).RemoveAsync(Id);
        await GrainFactory.GetGrain<IJobIndexGrain>(IJobIndexGrain.Jobs).RemoveAsync(Id);
        if (batch is not null) _ = GrainFactory.GetGrain<IRenderBatchGrain>(batch).RemoveAsync(Id);
        execution.Coordinator.Reset([]);
        execution.Coordinator.NotifyWatchers();
        DeactivateOnIdle();
        return true;
    }

    public Task ExpireAsync() => execution.ExpireAsync();

    public Task<bool> ResumeAsync() => execution.ResumeAsync();

    public Task<ChunkLease?> BeginChunkAsync(int chunk, string worker) => execution.BeginChunkAsync(chunk, worker);

    public Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done) =>
        Task.FromResult(execution.Coordinator.Heartbeat(chunk, epoch, done));

    public Task ReportAsync(int chunk, long epoch, ChunkResult result) => results.ReportAsync(chunk, epoch, result);

    public Task ReportVideoAsync(AggregationResult result) => results.ReportVideoAsync(result);

    // In the job's own turn: no other submission of this id is being accepted meanwhile. What a damaged job refers to is not
    // known; its uploads are deleted with it.
    private async Task DeleteUploadsAsync(RenderRequest request)
    {
        if (State.Damage is null) await blobs.DeleteUploadsAsync(request, stored.RecordExists ? State.Request : null);
    }

    // It is shown as failed, can be deleted, and is never written: whoever has a copy of its blob can put it back.
    private async Task ReportDamageAsync(string damage, CancellationToken cancellationToken)
    {
        indexEntry = await blobs.FindInIndexAsync(cancellationToken);
        if (indexEntry is { } entry) State.CreatedAt = entry.CreatedAt;
        string blob = BlobGrainStorage.Name("job", this.GetGrainId());
        (State.State, State.Error) = (JobState.Failed, new JobError(JobError.Damaged, $"{blob} is damaged: {damage}", Retryable: false));
        LogDamaged(Id, blob, damage);
    }

    private async Task<int?> PositionAsync() =>
        State.State == JobState.Queued ? await execution.Coordinator.Queue.PositionAsync(Id) : null;

    private JobSnapshot Snapshot(int? position)
    {
        LeaseTable leases = execution.Coordinator.Leases;
        JobSnapshot snapshot = JobView.Of(Id, State, leases.Done, leases.Workers, position, rate, clock.GetUtcNow());
        return indexEntry is { } entry ? snapshot with { Tenant = entry.Tenant } : snapshot;
    }
}
