using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Versions;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Webhooks;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>
/// Carries an accepted job out: hands out its chunks, has the video made, and ends it. <see cref="JobResults"/> takes
/// results in.
/// </summary>
internal sealed partial class JobExecution : IChunkOwner
{
    // Checks that find no worker at the job and nobody watching, before it leaves memory.
    private const int IdleChecksBeforeDeactivation = 3;

    private readonly IGrainBase grain;
    private readonly IGrainFactory grains;
    private readonly IPersistentState<RenderJobState> stored;
    private readonly JobBlobs blobs;
    private readonly IModelCatalog catalog;
    private readonly IClusterFormat format;
    private readonly RetentionOptions retention;
    private readonly GridInstruments instruments;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private int idleChecks;

    internal JobExecution(
        RenderJobId id, IGrainBase grain, IGrainFactory grains,
        IPersistentState<RenderJobState> stored, JobBlobs blobs, IModelCatalog catalog, IClusterFormat format,
        LeaseOptions leasing, RetentionOptions retention, GridInstruments instruments, TimeProvider clock, ILogger logger)
    {
        (this.grain, this.grains, this.stored, this.blobs, this.catalog, this.format) = (grain, grains, stored, blobs, catalog, format);
        (this.retention, this.instruments, this.clock, this.logger) = (retention, instruments, clock, logger);
        Coordinator = new ChunkCoordinator(this, grain, grains, id, instruments, clock, leasing);
        Schedule = new ChunkSchedule(id, stored, () => Coordinator.Leases);
    }

    public bool IsUnfinished => stored.RecordExists && State.Plan is not null && !State.State.IsFinished();

    internal ChunkCoordinator Coordinator { get; }

    internal ChunkSchedule Schedule { get; }

    private RenderJobId Id => Coordinator.Id;

    private LeaseTable Leases => Coordinator.Leases;

    private RenderJobState State => stored.State;

    // Null for a job that was cancelled before it was submitted.
    private ITenantGrain? Tenant => State.Request is { } request ? grains.GetGrain<ITenantGrain>(request.Tenant) : null;

    /// <summary>Goes on with what a former activation has left.</summary>
    internal void Adopt()
    {
        Coordinator.Adopt(State.Chunks);
        if (IsUnfinished && (!Leases.IsIdle || Leases.IsDone)) Coordinator.StartChecks(TimeSpan.Zero);
    }

    /// <summary>Begins with a new plan, whose state is not stored yet.</summary>
    /// <param name="memory">Device memory that such work was seen to need, in bytes; 0 where that is not known.</param>
    internal void Begin(long memory)
    {
        Coordinator.Reset(State.Chunks);
        Schedule.Memory = memory;
    }

    /// <summary>Offers what can be begun, also after another activation had done so; or repeats what follows the job's end.</summary>
    /// <returns>Whether the job is unfinished, or something that follows its end could not be done yet.</returns>
    internal async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished)
        {
            return stored.RecordExists && State.Damage is null && await blobs.IsMarkedAsync() && !await TryTidyAsync();
        }

        if (State.State == JobState.AwaitingApproval)
        {
            await ExpireAsync();
            return IsUnfinished;
        }

        Coordinator.StartChecks();
        if (Schedule.Memory == 0) Schedule.Memory = await MemoryKind.NeededAsync(State.Plan!, catalog, Coordinator.Queue);
        await ScheduleAsync();
        return true;
    }

    internal async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsUnfinished || !Schedule.IsReady(chunk, worker)) return null;
        State.State = JobState.Running;
        bool isFirst = State.Chunks.TrueForAll(one => one.Epoch == 0);
        long epoch = await Coordinator.AssignAsync(chunk, worker);
        if (isFirst) instruments.RecordJobWait(clock.GetUtcNow() - State.CreatedAt);
        RenderPlan plan = State.Plan!;
        foreach (ChunkTicket ticket in Schedule.ReadyAfter(chunk, worker)) await Coordinator.Queue.OfferAsync(ticket);
        return new ChunkLease.Render
        {
            Job = Id,
            // A plan of many chunks goes without them: each worker would be sent all of them for each.
            Plan = plan.Chunks.Count < StoredPlanConverter.ManyChunks || format.Common < GridFormat.Runs
                ? plan
                : plan with { Chunks = [] },
            Chunk = plan.Chunks[chunk],
            Epoch = epoch,
            Sources = RenderPlanner.Sources(plan, plan.Chunks[chunk]),
            SourceBlobs = Schedule.SourceBlobs(plan.Chunks[chunk]),
            OutputBlob = BlobNames.Output(Id, plan.Chunks[chunk], epoch),
        };
    }

    /// <summary>Goes on with a job that was paused or has failed, from its latest checkpoint.</summary>
    internal async Task ResumeFromCheckpointAsync()
    {
        State.State = State.Chunks.Exists(chunk => chunk.OutputBlob is not null) ? JobState.Running : JobState.Queued;
        await Coordinator.SaveAsync();
        _ = await ResumeAsync();
    }

    /// <summary>Fails the job if its deadline has passed, or its draft's time to be approved.</summary>
    internal async Task ExpireAsync()
    {
        if (!IsUnfinished) return;
        DateTimeOffset now = clock.GetUtcNow();
        JobError? error = State.Request!.Deadline <= now
            ? new JobError(JobError.DeadlineExceeded, $"not done by its deadline, {State.Request.Deadline:u}", Retryable: false)
            : State.ApproveBy <= now
            ? new JobError(JobError.ApprovalExpired, $"its draft was not approved by {State.ApproveBy:u}", Retryable: false)
            : null;
        if (error is not null) await FinishAsync(JobState.Failed, error);
    }

    /// <summary>Stops at a draft that is stored, until it is approved.</summary>
    internal async Task AwaitApprovalAsync(AggregationResult.Stored draft)
    {
        (State.DraftBlob, State.PosterBlob) = (draft.VideoBlob, draft.PosterBlob);
        await AwaitApprovalAsync();
        await blobs.DeleteWorkAsync();
    }

    /// <summary>The same, of a draft that waited before.</summary>
    internal async Task AwaitApprovalAsync()
    {
        (State.State, State.ApproveBy) = (JobState.AwaitingApproval, clock.GetUtcNow() + retention.Approval);
        await Coordinator.SaveAsync();
        Coordinator.StopChecks();
    }

    /// <summary>Has the video made of a job whose draft waits for approval.</summary>
    internal async Task ApproveAsync()
    {
        State.Approve();
        Schedule.LatentsHolder = null;
        Coordinator.Reset(State.Chunks);
        await Coordinator.SaveAsync();
        _ = await ResumeAsync();
    }

    /// <summary>Ends the job: stores how, stops its workers, and deletes what is not needed any more.</summary>
    internal async Task FinishAsync(JobState state, JobError? error)
    {
        // First what may fail: a job whose memory alone had ended would be tidied as one that has.
        TimeSpan keep = State.Request is null ? retention.KeepEarlyCancels : await KeepAsync();
        long before = State.StoredBytes, bytes = await blobs.StoredBytesAsync();
        (State.State, State.Error, State.ApproveBy, State.StoredBytes) = (state, error, null, bytes);
        State.FinishedAt = clock.GetUtcNow();
        State.ExpiresAt = keep > TimeSpan.Zero ? State.FinishedAt + keep : null;
        await Coordinator.SaveAsync();
        if (bytes != before) _ = Tenant?.StoreAsync(bytes - before);
        Coordinator.StopChecks();
        LogFinished(Id, state, error?.Message ?? "");
        if (State.Plan is { } plan)
        {
            GridActivities.WriteJob(plan, State.Request!.Tenant, state, error, State.CreatedAt, State.FinishedAt.Value);
            instruments.RecordJobEnd(state, plan.Model, clock.GetUtcNow() - State.CreatedAt);
        }

        await Coordinator.StopAsync();
        _ = await TryTidyAsync();
    }

    // The job's end does not wait for its tenant: without an answer the service's own time counts.
    private async Task<TimeSpan> KeepAsync()
    {
        try
        {
            return Tenant is { } tenant ? (await tenant.GetAsync()).Quota.Keep ?? retention.Keep : retention.Keep;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return retention.Keep;
        }
    }

    Task IChunkOwner.WriteStateAsync() => stored.WriteStateAsync();

    Task IChunkOwner.ScheduleAsync() => ScheduleAsync();

    Task IChunkOwner.GiveUpAsync(JobError error) => FinishAsync(JobState.Failed, error);

    void IChunkOwner.Used(TimeSpan time) => _ = Tenant?.ChargeAsync(time);

    async Task IChunkOwner.CheckAsync()
    {
        if (!IsUnfinished) return;
        if (State.Request!.Deadline <= clock.GetUtcNow())
        {
            await ExpireAsync();
            return;
        }

        if (!await Coordinator.CheckLeasesAsync() || DeactivateIfIdle()) return;
        // One that waits is in the queue: when that was lost, the reconciler has it offer its chunks again, watched or not.
        if (idleChecks >= IdleChecksBeforeDeactivation && (State.IsReleased || State.Request.After is null))
        {
            Coordinator.SlowChecks();
            return;
        }

        // Offers again what a lost queue has forgotten; what it still has it keeps as it is.
        await ScheduleAsync();
    }

    bool IChunkOwner.Lost(LostLease lost)
    {
        LogWorkerLost(Id, lost.Chunk, lost.Reason.Message);
        // A chunk that was begun ahead of its latents is lost with them; that counts against the chunk that makes them.
        return State.State == JobState.Paused || Schedule.IsReady(lost.Chunk);
    }

    void IChunkOwner.Failed(int chunk, string worker, JobError error)
    {
        if (worker.Length > 0 && !State.FailedOn.Contains(worker)) State.FailedOn.Add(worker);
        // After a failure it may have nothing on its device any more: its latents are no reason to wait for it.
        if (Schedule.LatentsHolder == worker) Schedule.LatentsHolder = null;
        LogChunkFailed(Id, chunk, State.Chunks[chunk].Failures, error.Message);
    }

    /// <summary>Offers what can be begun, or has the video made once all chunks are rendered.</summary>
    internal async Task ScheduleAsync()
    {
        if (State.State is JobState.Paused or JobState.AwaitingApproval || !await IsReleasedAsync()) return;
        if (Leases.IsDone)
            await grains.GetGrain<IFrameAggregatorGrain>(Id.Value).AssembleAsync(State.Plan!, Schedule.FrameBlobs, Provenance.Of(State));
        else await OfferAsync();
    }

    /// <summary>Offers what can be begun since a chunk is rendered; all that can be is offered again at each check.</summary>
    internal async Task GoOnAsync(int rendered)
    {
        if (State.State is JobState.Paused or JobState.AwaitingApproval || Leases.IsDone) await ScheduleAsync();
        else foreach (ChunkTicket ticket in Schedule.ReadySince(rendered)) await Coordinator.Queue.OfferAsync(ticket);
    }

    // Jobs do not tell those that come after them: each asks, at every check.
    private async Task<bool> IsReleasedAsync()
    {
        if (State.IsReleased || State.Request?.After is null) return true;
        IReadOnlyList<string> ids = State.Request.AfterJobs;
        JobSnapshot?[] jobs = await Task.WhenAll(ids.Select(id => grains.GetGrain<IRenderJobGrain>(id).GetAsync()));
        for (int i = 0; i < ids.Count; i++)
        {
            if (jobs[i] is { } job && (!job.IsFinished || job.State == JobState.Completed)) continue;
            string end = jobs[i] is { } other ? GridInstruments.Name(other.State) : "deleted";
            await FinishAsync(JobState.Failed, new JobError(
                JobError.DependencyFailed, $"it begins after job {ids[i]}, which is {end}", Retryable: true));
            return false;
        }

        if (!jobs.All(job => job!.State == JobState.Completed)) return false;
        State.IsReleased = true;
        await Coordinator.SaveAsync();
        return true;
    }

    internal async Task OfferAsync()
    {
        foreach (ChunkTicket ticket in Schedule.Ready()) await Coordinator.Queue.OfferAsync(ticket);
    }

    // Events first: the job's mark, which is deleted last, has the reconciler repeat both.
    private async Task<bool> TryTidyAsync()
    {
        try
        {
            if (JobEvents.Of(Id, State) is { } what) await grains.GetGrain<IWebhookGrain>(State.Request!.Tenant).NotifyAsync(what);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotNotified(error, Id);
            return false;
        }

        await blobs.TidyAsync(State.State);
        return true;
    }

    // An unfinished job that no worker is at and nobody watches need not be in memory: the queue calls it for a worker, and
    // the reconciler calls it when the queue has forgotten it.
    private bool DeactivateIfIdle()
    {
        if (!Leases.IsIdle || (Leases.IsDone && State.State is not (JobState.Paused or JobState.AwaitingApproval)))
        {
            idleChecks = 0;
            return false;
        }

        if (++idleChecks < IdleChecksBeforeDeactivation || Coordinator.IsWatched) return false;
        Coordinator.StopChecks();
        grain.DeactivateOnIdle();
        return true;
    }
}
