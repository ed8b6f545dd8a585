using System.Runtime.CompilerServices;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Diagnostics;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Statistics;

/// <summary>
/// The coordinator of one data set's statistics: shards go to workers through the queue like a job's chunks, their moments
/// are merged in the shards' order, and the result is kept for all renders to come.
/// </summary>
[CoordinatorPlacement]
internal sealed partial class DatasetStatisticsGrain(
    [PersistentState("statistics", BlobGrainStorage.Provider)] IPersistentState<StatisticsState> stored,
    IModelCatalog models,
    IDatasetCatalog datasets,
    IStatisticsMerger merger,
    IBlobStore store,
    IOptions<PlannerOptions> planning,
    IOptions<LeaseOptions> leasing,
    GridInstruments instruments,
    TimeProvider clock,
    ILogger<DatasetStatisticsGrain> logger) : Grain, IDatasetStatisticsGrain, IChunkOwner
{
    // Enough for the workers to be busy; a data set of millions of clips must not fill the queue.
    private const int MostOffered = 256;

    private ChunkCoordinator coordinator = null!;
    private StatisticsBlobs blobs = null!;
    private Task? merging;

    private RenderJobId Id => coordinator.Id;

    private LeaseTable Leases => coordinator.Leases;

    private StatisticsState State => stored.State;

    private bool IsUnfinished => stored.RecordExists && State.Plan is not null && !State.State.IsFinished();

    bool IChunkOwner.IsUnfinished => IsUnfinished;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        coordinator = new ChunkCoordinator(
            this, this, GrainFactory, new RenderJobId(this.GetPrimaryKeyString()), instruments, clock, leasing.Value);
        blobs = new StatisticsBlobs(Id, store, merger);
        coordinator.Adopt(State.Shards);
        if (IsUnfinished) coordinator.StartChecks(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task<StatisticsAnswer> BuildAsync(StatisticsRequest request)
    {
        IReadOnlyList<RequestError> faults = StatisticsPlanner.Errors(request, models, datasets);
        if (faults.Count > 0) return new StatisticsAnswer.Refused(faults);
        DatasetDescription dataset = datasets.Find(request.Dataset)!;
        bool isSame = stored.RecordExists && State.Plan is { } plan && plan.DatasetHash == dataset.Hash;
        if (!isSame) await BeginAsync(StatisticsPlanner.Plan(request, models.Find(request.Model)!, dataset, planning.Value));
        else if (State.State is JobState.Failed or JobState.Cancelled) await ReopenAsync();
        _ = await ResumeAsync();
        return new StatisticsAnswer.Accepted(Snapshot());
    }

    public Task<IReadOnlyList<RequestError>> CheckAsync(StatisticsRequest request) =>
        Task.FromResult(StatisticsPlanner.Errors(request, models, datasets));

    public Task<StatisticsSnapshot?> GetAsync() => Task.FromResult(stored.RecordExists && State.Plan is not null ? Snapshot() : null);

    public IAsyncEnumerable<StatisticsSnapshot> WatchAsync(CancellationToken cancellationToken = default) =>
        coordinator.WatchAsync(GetAsync, snapshot => snapshot.IsFinished, cancellationToken);

    public async Task CancelAsync()
    {
        if (IsUnfinished)
            await FinishAsync(JobState.Cancelled, new JobError(JobError.Cancelled, "the measurement was cancelled", Retryable: true));
    }

    public async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished) return false;
        if (coordinator.IsChecking) return true;
        coordinator.StartChecks();
        await ScheduleAsync();
        return true;
    }

    public async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsUnfinished || !Leases.IsFree(chunk)) return null;
        State.State = JobState.Running;
        long epoch = await coordinator.AssignAsync(chunk, worker);
        StatisticsPlan plan = State.Plan!;
        return new ChunkLease.Measure
        {
            Job = Id,
            Plan = plan,
            Chunk = plan.Shards[chunk],
            Epoch = epoch,
            OutputBlob = BlobNames.Moments(Id, plan.Shards[chunk], epoch),
        };
    }

    public Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done) =>
        Task.FromResult(coordinator.Heartbeat(chunk, epoch, done));

    public async Task ReportAsync(int chunk, long epoch, ChunkResult result)
    {
        // Shards that are reported after the measurement failed are kept for the next attempt.
        if (!Leases.Holds(chunk, epoch) || State.State == JobState.Completed)
        {
            if (result is ChunkResult.Rendered late && !Leases.IsResult(late.OutputBlob)) await blobs.DeleteAsync(late.OutputBlob);
            return;
        }

        string worker = Leases.WorkerOf(chunk) ?? "";
        coordinator.End(chunk);
        switch (result)
        {
            case ChunkResult.Rendered rendered when State.WeightsHash is { } hash && hash != rendered.WeightsHash:
                LogWeightsChanged(Id);
                await BeginAsync(State.Plan!);
                break;
            case ChunkResult.Rendered rendered:
                (State.Shards[chunk].OutputBlob, State.WeightsHash) = (rendered.OutputBlob, rendered.WeightsHash);
                await coordinator.SaveAsync();
                break;
            case ChunkResult.Failed failed when IsUnfinished:
                await coordinator.FailOnceAsync(chunk, worker, failed.Error);
                return;
        }

        if (IsUnfinished) await ScheduleAsync();
    }

    private async Task BeginAsync(StatisticsPlan plan)
    {
        if (State.Plan is not null)
        {
            await coordinator.StopAsync();
            await blobs.DeleteMomentsAsync();
        }

        // First what may fail: what is in memory is acted on.
        await blobs.MarkUnfinishedAsync();
        stored.State = StatisticsState.Begin(plan, clock.GetUtcNow());
        coordinator.Reset(State.Shards);
        await coordinator.SaveAsync();
        LogBegun(Id, plan.Clips, plan.Shards.Count);
    }

    private async Task ReopenAsync()
    {
        await blobs.MarkUnfinishedAsync();
        State.Reopen();
        await coordinator.SaveAsync();
    }

    private async Task ScheduleAsync()
    {
        if (Leases.IsDone)
        {
            // Not in the turn: there may be many shards.
            if (merging is null or { IsCompleted: true }) merging = MergeAsync();
            return;
        }

        foreach (Chunk shard in State.Plan!.Shards.Where(shard => Leases.IsFree(shard.Index)).Take(MostOffered))
        {
            await coordinator.Queue.OfferAsync(State.Ticket(Id, shard));
        }
    }

    private async Task MergeAsync()
    {
        JobError? error = null;
        try
        {
            State.Blob = await blobs.MergeAsync(State.Plan!, State.Shards);
        }
        catch (IOException failure)
        {
            // Storage is away; the next check begins anew, from moments that are there.
            LogNotMerged(failure, Id);
            return;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            error = new JobError(JobError.InvalidStatistics, failure.Message, Retryable: false);
            // The moments do not fit together, or some are missing: the next attempt measures them again.
            State.ForgetMoments();
        }

        if (IsUnfinished) await FinishAsync(error is null ? JobState.Completed : JobState.Failed, error);
    }

    Task IChunkOwner.WriteStateAsync() => stored.WriteStateAsync();

    Task IChunkOwner.ScheduleAsync() => ScheduleAsync();

    async Task IChunkOwner.CheckAsync()
    {
        if (IsUnfinished && await coordinator.CheckLeasesAsync()) await ScheduleAsync();
    }

    bool IChunkOwner.Lost(LostLease lost)
    {
        LogWorkerLost(Id, lost.Chunk, lost.Reason.Message);
        return true;
    }

    // Data sets are the operator's.
    void IChunkOwner.Used(TimeSpan time)
    {
    }

    void IChunkOwner.Failed(int chunk, string worker, JobError error) =>
        LogShardFailed(Id, chunk, State.Shards[chunk].Failures, error.Message);

    Task IChunkOwner.GiveUpAsync(JobError error) => FinishAsync(JobState.Failed, error);

    private async Task FinishAsync(JobState state, JobError? error)
    {
        (State.State, State.Error) = (state, error);
        await coordinator.SaveAsync();
        coordinator.StopChecks();
        LogFinished(Id, state, error?.Message ?? "");
        await coordinator.StopAsync();
        await blobs.UnmarkAsync();
        if (state == JobState.Completed) await blobs.DeleteMomentsAsync();
        // A worker that still measures a shard of it may report it for the next attempt, and holds no lease.
        coordinator.Reset(State.Shards);
    }

    private StatisticsSnapshot Snapshot() => State.Snapshot(Leases.Done);
}
