using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>Carries an accepted job out: hands out its chunks, takes their results, has the video made, and ends it.</summary>
internal sealed partial class JobExecution : IChunkOwner
{
    // Checks that find no worker at the job and nobody watching, before it leaves memory.
    private const int IdleChecksBeforeDeactivation = 3;

    private readonly IGrainBase grain;
    private readonly IGrainFactory grains;
    private readonly IPersistentState<RenderJobState> stored;
    private readonly JobBlobs blobs;
    private readonly LeaseOptions leasing;
    private readonly RetentionOptions retention;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ChunkSchedule schedule;
    private int idleChecks;

    internal JobExecution(
        RenderJobId id, IGrainBase grain, IGrainFactory grains, IPersistentState<RenderJobState> stored, JobBlobs blobs,
        LeaseOptions leasing, RetentionOptions retention, TimeProvider clock, ILogger logger)
    {
        (this.grain, this.grains, this.stored, this.blobs) = (grain, grains, stored, blobs);
        (this.leasing, this.retention, this.clock, this.logger) = (leasing, retention, clock, logger);
        Coordinator = new ChunkCoordinator(this, grain, grains, id, clock, leasing);
        schedule = new ChunkSchedule(id, stored, () => Coordinator.Leases);
    }

    public bool IsUnfinished => stored.RecordExists && State.Plan is not null && !State.State.IsFinished();

    internal ChunkCoordinator Coordinator { get; }

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
        schedule.Memory = memory;
    }

    /// <summary>Offers what can be begun, also after another activation had done so; or repeats what follows the job's end.</summary>
    /// <returns>Whether the job is unfinished.</returns>
    internal async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished)
        {
            if (stored.RecordExists && State.Damage is null) await blobs.TidyAsync(State.State);
            return false;
        }

        Coordinator.StartChecks();
        if (schedule.Memory == 0) schedule.Memory = await Coordinator.Queue.MemoryAsync(MemoryKind.Of(State.Plan!));
        await ScheduleAsync();
        return true;
    }

    internal async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsUnfinished || !schedule.IsReady(chunk, worker)) return null;
        State.State = JobState.Running;
        long epoch = await Coordinator.AssignAsync(chunk, worker);
        RenderPlan plan = State.Plan!;
        foreach (var ticket in schedule.ReadyAfter(chunk, worker)) await Coordinator.Queue.OfferAsync(ticket);
        return new ChunkLease.Render
        {
            Job = Id,
            Plan = plan,
            Chunk = plan.Chunks[chunk],
            Epoch = epoch,
            SourceBlobs = schedule.SourceBlobs(plan.Chunks[chunk]),
            OutputBlob = BlobNames.Output(Id, plan.Chunks[chunk], epoch),
        };
    }

    internal async Task ReportAsync(int chunk, long epoch, ChunkResult result)
    {
        if (!Coordinator.Holds(chunk, epoch))
        {
            await DeleteLateAsync(result);
            return;
        }

        string worker = Leases.WorkerOf(chunk) ?? "";
        Coordinator.End(chunk);
        switch (result)
        {
            case ChunkResult.Rendered other when State.WeightsHash is { } begun && begun != other.WeightsHash:
                // A model of the same name with other weights: its result would be part of another video.
                await DeleteLateAsync(other);
                await Coordinator.FailOnceAsync(chunk, worker, new JobError(
                    JobError.InvalidModel,
                    $"{State.Plan!.Model} on {worker} has the weights {Short(other.WeightsHash)}, and the job was begun with {Short(begun)}; it goes on where those are",
                    Retryable: true));
                break;
            case ChunkResult.Rendered rendered:
                await AcceptAsync(chunk, worker, rendered);
                break;
            case ChunkResult.Failed failed:
                await Coordinator.FailOnceAsync(chunk, worker, failed.Error);
                break;
            case ChunkResult.Torn torn:
                await RenderAgainAsync(torn.Blob);
                break;
            case ChunkResult.Stopped:
                await OfferAsync();
                break;
        }
    }

    internal async Task ReportVideoAsync(AggregationResult result)
    {
        if (!IsUnfinished)
        {
            if (State.State != JobState.Completed && result is AggregationResult.Stored late)
                await blobs.DeleteAsync(late.VideoBlob, late.PosterBlob, BlobNames.Provenance(Id));
            return;
        }

        switch (result)
        {
            case AggregationResult.Stored video:
                (State.VideoBlob, State.PosterBlob, State.FrameDifference) = (video.VideoBlob, video.PosterBlob, video.FrameDifference);
                await FinishAsync(JobState.Completed, null);
                break;
            case AggregationResult.Torn torn:
                await RenderAgainAsync(torn.Blob);
                break;
            case AggregationResult.Failed failed:
                // The next check has it tried again.
                LogNotEncoded(Id, ++State.EncodeFailures, failed.Error.Message);
                if (State.EncodeFailures < leasing.MaxAttempts && failed.Error.Retryable) await Coordinator.SaveAsync();
                else await FinishAsync(JobState.Failed, failed.Error);
                break;
        }
    }

    /// <summary>Goes on with a job that was paused or has failed, from its latest checkpoint.</summary>
    internal async Task GoOnFromCheckpointAsync()
    {
        State.State = State.Chunks.Exists(chunk => chunk.OutputBlob is not null) ? JobState.Running : JobState.Queued;
        await Coordinator.SaveAsync();
        _ = await ResumeAsync();
    }

    /// <summary>Fails the job if its deadline has passed.</summary>
    internal async Task ExpireAsync()
    {
        if (!IsUnfinished || State.Request!.Deadline is not { } deadline || deadline > clock.GetUtcNow()) return;
        await FinishAsync(JobState.Failed, new JobError(JobError.DeadlineExceeded, $"not done by its deadline, {deadline:u}", Retryable: false));
    }

    /// <summary>Ends the job: stores how, stops its workers, and deletes what is not needed any more.</summary>
    internal async Task FinishAsync(JobState state, JobError? error)
    {
        State.State = state;
        State.Error = error;
        State.FinishedAt = clock.GetUtcNow();
        State.ExpiresAt = State.FinishedAt + retention.Keep;
        long before = State.StoredBytes;
        State.StoredBytes = await blobs.StoredBytesAsync();
        await Coordinator.SaveAsync();
        if (State.StoredBytes != before) _ = Tenant?.StoreAsync(State.StoredBytes - before);
        Coordinator.StopChecks();
        LogFinished(Id, state, error?.Message ?? "");
        await Coordinator.StopAsync();
        await blobs.TidyAsync(state);
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
        // Offers again what a lost queue has forgotten; what it still has it keeps as it is.
        await ScheduleAsync();
    }

    bool IChunkOwner.Lost(LostLease lost)
    {
        LogWorkerLost(Id, lost.Chunk, lost.Reason.Message);
        // A chunk that was begun ahead of its latents is lost with them; that counts against the chunk that makes them.
        return State.State == JobState.Paused || schedule.IsReady(lost.Chunk);
    }

    void IChunkOwner.Failed(int chunk, string worker, JobError error)
    {
        if (worker.Length > 0 && !State.FailedOn.Contains(worker)) State.FailedOn.Add(worker);
        // After a failure it may have nothing on its device any more: its latents are no reason to wait for it.
        if (schedule.LatentsHolder == worker) schedule.LatentsHolder = null;
        LogChunkFailed(Id, chunk, State.Chunks[chunk].Failures, error.Message);
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];

    private async Task AcceptAsync(int chunk, string worker, ChunkResult.Rendered rendered)
    {
        State.Chunks[chunk].OutputBlob = rendered.OutputBlob;
        State.PreviewBlob = rendered.PreviewBlob ?? State.PreviewBlob;
        State.WeightsHash = rendered.WeightsHash;
        if (!State.Devices.Contains(rendered.Device)) State.Devices.Add(rendered.Device);
        schedule.LatentsHolder = worker;
        await Coordinator.SaveAsync();
        if (rendered.PeakBytes > schedule.Memory)
        {
            schedule.Memory = rendered.PeakBytes;
            await Coordinator.Queue.MeasuredAsync(MemoryKind.Of(State.Plan!), rendered.PeakBytes);
        }

        await ScheduleAsync();
        await blobs.DeleteObsoleteAsync(State);
    }

    private async Task ScheduleAsync()
    {
        if (State.State == JobState.Paused) return;
        if (Leases.IsDone) await grains.GetGrain<IFrameAggregatorGrain>(Id.Value).AssembleAsync(State.Plan!, schedule.FrameBlobs, Provenance.Of(State));
        else await OfferAsync();
    }

    private async Task OfferAsync()
    {
        foreach (var ticket in schedule.Ready()) await Coordinator.Queue.OfferAsync(ticket);
    }

    // An unfinished job that no worker is at and nobody watches need not be in memory: the queue calls it for a worker, and
    // the reconciler calls it when the queue has forgotten it.
    private bool DeactivateIfIdle()
    {
        if (!Leases.IsIdle || Coordinator.IsWatched || (Leases.IsDone && State.State != JobState.Paused))
        {
            idleChecks = 0;
            return false;
        }

        if (++idleChecks < IdleChecksBeforeDeactivation) return false;
        Coordinator.StopChecks();
        grain.DeactivateOnIdle();
        return true;
    }

    // The chunk that made a blob which cannot be read is rendered again, from the chunks before it.
    private async Task RenderAgainAsync(string blob)
    {
        int maker = State.Chunks.FindIndex(state => state.OutputBlob == blob);
        if (maker < 0)
        {
            await ScheduleAsync();
            return;
        }

        LogCorrupt(Id, maker, blob);
        State.Chunks[maker].OutputBlob = null;
        await Coordinator.FailAsync(maker, "", new JobError(JobError.StorageFailed, $"{blob}: damaged or lost", Retryable: true));
        await blobs.DeleteCorruptAsync(maker, blob);
    }

    // A result under an old epoch: nothing refers to its blobs.
    private async Task DeleteLateAsync(ChunkResult result)
    {
        if (result is not ChunkResult.Rendered late || Leases.IsResult(late.OutputBlob)) return;
        await blobs.DeleteAsync(late.OutputBlob);
        if (!stored.RecordExists && late.PreviewBlob is { } preview) await blobs.DeleteAsync(preview);
    }
}
