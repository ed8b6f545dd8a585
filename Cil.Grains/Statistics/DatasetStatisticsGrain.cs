using System.Runtime.CompilerServices;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
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
public sealed partial class DatasetStatisticsGrain(
    [PersistentState("statistics", BlobGrainStorage.Provider)] IPersistentState<StatisticsState> stored,
    IModelCatalog models,
    IDatasetCatalog datasets,
    IStatisticsMerger merger,
    IBlobStore blobs,
    IOptions<PlannerOptions> planning,
    IOptions<LeaseOptions> leasing,
    TimeProvider clock,
    ILogger<DatasetStatisticsGrain> logger) : Grain, IDatasetStatisticsGrain
{
    // Enough for the workers to be busy; a data set of millions of clips must not fill the queue.
    private const int MostOffered = 256;

    private readonly ChangeSignal changed = new();
    private LeaseTable leases = new([]);
    private IGrainTimer? timer;
    private Task? merging;

    private RenderJobId Id => new(this.GetPrimaryKeyString());

    private IWorkQueueGrain Queue => GrainFactory.GetGrain<IWorkQueueGrain>(0);

    private StatisticsState State => stored.State;

    private bool IsUnfinished => stored.RecordExists && State.Plan is not null && State.State is JobState.Queued or JobState.Running;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        leases = new LeaseTable(State.Shards);
        if (!IsUnfinished) return;
        leases.Adopt(clock.GetUtcNow(), leasing.Value);
        LookAfterFrom(TimeSpan.Zero);
    }

    public async Task<StatisticsAnswer> BuildAsync(StatisticsRequest request)
    {
        IReadOnlyList<RequestFault> faults = StatisticsPlanner.Faults(request, models, datasets);
        if (faults.Count > 0) return new StatisticsAnswer.Refused(faults);
        DatasetDescription dataset = datasets.Find(request.Dataset)!;
        bool isSame = stored.RecordExists && State.Plan is { } plan && plan.DatasetHash == dataset.Hash;
        if (!isSame) await BeginAsync(StatisticsPlanner.Plan(request, models.Find(request.Model)!, dataset, planning.Value));
        else if (State.State is JobState.Failed or JobState.Cancelled) await GoOnAgainAsync();
        _ = await ResumeAsync();
        return new StatisticsAnswer.Accepted(Snapshot());
    }

    public Task<StatisticsSnapshot?> GetAsync() => Task.FromResult(stored.RecordExists && State.Plan is not null ? Snapshot() : null);

    public async IAsyncEnumerable<StatisticsSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task next = changed.Next;
            if (await GetAsync() is not { } snapshot) yield break;
            yield return snapshot;
            if (snapshot.IsFinished) yield break;
            await ChangeSignal.WaitAsync(next, clock, cancellationToken);
        }
    }

    public async Task CancelAsync()
    {
        if (IsUnfinished) await FinishAsync(JobState.Cancelled, new JobError(JobError.Cancelled, "the measurement was cancelled", Retryable: true));
    }

    public async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished) return false;
        if (timer is not null) return true;
        LookAfterFrom(leasing.Value.Check);
        await GoOnAsync();
        return true;
    }

    public async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsUnfinished || !leases.IsFree(chunk)) return null;
        leases.Assign(chunk, worker);
        State.State = JobState.Running;
        await stored.WriteStateAsync();
        _ = leases.Hear(chunk, clock.GetUtcNow());
        StatisticsPlan plan = State.Plan!;
        return new ChunkLease.Measure
        {
            Job = Id,
            Plan = plan,
            Chunk = plan.Shards[chunk],
            Epoch = State.Shards[chunk].Epoch,
            OutputBlob = BlobNames.Moments(Id, plan.Shards[chunk], State.Shards[chunk].Epoch),
        };
    }

    public Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done)
    {
        if (!IsUnfinished || !leases.Holds(chunk, epoch)) return Task.FromResult(HeartbeatAnswer.Stop);
        if (leases.Hear(chunk, clock.GetUtcNow(), done)) changed.Set();
        return Task.FromResult(HeartbeatAnswer.GoOn);
    }

    public async Task ReportAsync(int chunk, long epoch, ChunkResult result)
    {
        // What was measured while another shard failed is kept for the next attempt.
        if (!leases.Holds(chunk, epoch) || State.State == JobState.Completed)
        {
            if (result is ChunkResult.Rendered late && !State.Shards.Exists(known => known.OutputBlob == late.OutputBlob)) _ = await blobs.DeleteAsync(late.OutputBlob);
            return;
        }

        _ = Queue.EndAsync(Id, chunk, leases.End(chunk) is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero);
        switch (result)
        {
            case ChunkResult.Rendered rendered when State.WeightsHash is { } hash && hash != rendered.WeightsHash:
                LogWeightsChanged(Id);
                await BeginAsync(State.Plan!);
                break;
            case ChunkResult.Rendered rendered:
                (State.Shards[chunk].OutputBlob, State.WeightsHash) = (rendered.OutputBlob, rendered.WeightsHash);
                await stored.WriteStateAsync();
                changed.Set();
                break;
            // One that is told again, since the first time got no answer, counts once.
            case ChunkResult.Failed failed when IsUnfinished && leases.IsOut(chunk):
                if (!await FailShardAsync(chunk, failed.Error)) return;
                break;
        }

        if (IsUnfinished) await GoOnAsync();
    }

    private async Task BeginAsync(StatisticsPlan plan)
    {
        if (State.Plan is not null)
        {
            await leases.StopAsync(GrainFactory, Id);
        foreach ((int shard, DateTimeOffset since) in leases.Since) _ = Queue.EndAsync(Id, shard, clock.GetUtcNow() - since);
            await DeleteWorkAsync();
        }

        stored.State = new StatisticsState
        {
            State = JobState.Queued, Plan = plan, Shards = [.. plan.Shards.Select(_ => new ChunkState())], CreatedAt = clock.GetUtcNow(),
        };
        leases = new LeaseTable(State.Shards);
        _ = await blobs.PutAsync(BlobNames.UnfinishedStatistics(Id), ReadOnlyMemory<byte>.Empty);
        await stored.WriteStateAsync();
        LogBegun(Id, plan.Clips, plan.Shards.Count);
    }

    // What is measured is kept; what failed may be tried as often again.
    private async Task GoOnAgainAsync()
    {
        (State.State, State.Error) = (JobState.Queued, null);
        foreach (ChunkState shard in State.Shards) shard.Failures = 0;
        _ = await blobs.PutAsync(BlobNames.UnfinishedStatistics(Id), ReadOnlyMemory<byte>.Empty);
        await stored.WriteStateAsync();
    }

    private async Task GoOnAsync()
    {
        if (leases.IsDone)
        {
            // Not in the turn: there may be many shards.
            if (merging is null or { IsCompleted: true }) merging = MergeAsync();
            return;
        }

        foreach (Chunk shard in State.Plan!.Shards.Where(shard => leases.IsFree(shard.Index)).Take(MostOffered))
        {
            await Queue.OfferAsync(new ChunkTicket
            {
                Job = Id, Chunk = shard.Index, Kind = ChunkKind.Measure, Model = State.Plan.Model, Since = State.CreatedAt,
            });
        }
    }

    private async Task MergeAsync()
    {
        JobError? fault = null;
        try
        {
            var shards = new List<ReadOnlyMemory<byte>>();
            foreach (ChunkState shard in State.Shards)
                shards.Add((await blobs.GetAsync(shard.OutputBlob!) ?? throw new InvalidOperationException($"{shard.OutputBlob}: the shard's moments are missing")).Content);
            _ = await blobs.PutAsync(BlobNames.Statistics(Id), await merger.MergeAsync(State.Plan!, shards));
            State.Blob = BlobNames.Statistics(Id);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            fault = new JobError(JobError.InvalidStatistics, error.Message, Retryable: false);
            // They do not fit together: the next attempt measures them again.
            foreach (ChunkState shard in State.Shards) shard.OutputBlob = null;
        }

        if (IsUnfinished) await FinishAsync(fault is null ? JobState.Completed : JobState.Failed, fault);
    }

    private void LookAfterFrom(TimeSpan due) => timer ??= this.RegisterGrainTimer(
        LookAfterAsync, new GrainTimerCreationOptions(due, leasing.Value.Check) { KeepAlive = true });

    private async Task LookAfterAsync()
    {
        if (!IsUnfinished) return;
        foreach (LostLease lost in leases.LookAfter(GrainFactory, Id, clock, leasing.Value))
        {
            LogWorkerLost(Id, lost.Chunk, lost.Reason.Message);
            bool again = lost.IsFailure ? leases.Fail(lost.Chunk, lost.Reason, leasing.Value) : leases.Lose(lost.Chunk, leasing.Value);
            if (!await TryAgainAsync(again, lost.Reason)) return;
        }

        await GoOnAsync();
    }

    // Whether the measurement goes on.
    private async Task<bool> FailShardAsync(int shard, JobError error)
    {
        bool again = leases.Fail(shard, error, leasing.Value);
        LogShardFailed(Id, shard, State.Shards[shard].Failures, error.Message);
        return await TryAgainAsync(again, error);
    }

    private async Task<bool> TryAgainAsync(bool again, JobError error)
    {
        if (again) await stored.WriteStateAsync();
        else await FinishAsync(JobState.Failed, error);
        return again;
    }

    private async Task FinishAsync(JobState state, JobError? error)
    {
        (State.State, State.Error) = (state, error);
        await stored.WriteStateAsync();
        timer?.Dispose();
        timer = null;
        LogFinished(Id, state, error?.Message ?? "");
        changed.Set();
        await leases.StopAsync(GrainFactory, Id);
        _ = await blobs.DeleteAsync(BlobNames.UnfinishedStatistics(Id));
        await Queue.WithdrawAsync(Id);
        if (state == JobState.Completed) await DeleteWorkAsync();
        // What was in hand is not finished by whoever has it.
        leases = new LeaseTable(State.Shards);
    }

    private async Task DeleteWorkAsync()
    {
        await foreach (string name in blobs.ListAsync(BlobNames.StatisticsWork(Id))) _ = await blobs.DeleteAsync(name);
    }

    private StatisticsSnapshot Snapshot()
    {
        StatisticsPlan plan = State.Plan!;
        IReadOnlyDictionary<int, int> done = leases.Done;
        return new StatisticsSnapshot
        {
            State = State.State,
            Clips = plan.Clips,
            ClipsDone = plan.Shards.Sum(shard => State.Shards[shard.Index].OutputBlob is not null ? shard.Count : done.GetValueOrDefault(shard.Index)),
            Blob = State.Blob,
            Error = State.Error,
        };
    }
}
