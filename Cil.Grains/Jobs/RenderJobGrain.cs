using Cil.Grains.Blobs;
using Cil.Grains.Models;
using Cil.Grains.Work;
using Cil.Interfaces.Devices;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>
/// The coordinator of one job. It writes what it decides before it says so: a job exists once it is in storage, and a
/// chunk's result counts once, under the epoch it was handed out with.
/// </summary>
public sealed partial class RenderJobGrain(
    [PersistentState("job", BlobGrainStorage.Provider)] IPersistentState<RenderJobState> stored,
    IModelCatalog catalog,
    IBlobStore blobs,
    IOptions<PlannerOptions> planning,
    IOptions<LeaseOptions> leasing,
    TimeProvider clock,
    ILogger<RenderJobGrain> logger) : Grain, IRenderJobGrain
{
    private readonly RateEstimate rate = new();
    private readonly ChangeSignal changed = new();
    private LeaseTable leases = new([]);
    private IGrainTimer? timer;
    private string? holder;

    private RenderJobId Id => new(this.GetPrimaryKeyString());

    private RenderJobState State => stored.State;

    private bool IsUnfinished => stored.RecordExists && State.Plan is not null && !IsFinished;

    private bool IsFinished => State.State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        leases = new LeaseTable(State.Chunks);
        if (!IsUnfinished) return;
        await leases.AdoptAsync(GrainFactory, Id, clock, (chunk, worker) => LogWorkerGone(Id, chunk, worker));
        LookAfterFrom(TimeSpan.Zero);
    }

    public async Task<Submission> SubmitAsync(RenderRequest request)
    {
        // The same id again is the same job, also when it was cancelled before it came.
        if (stored.RecordExists)
        {
            _ = await ResumeAsync();
            return new Submission.Accepted(Snapshot(null));
        }

        IReadOnlyList<RequestFault> faults = RequestValidator.Faults(request, catalog);
        if (faults.Count > 0) return new Submission.Refused(faults);
        RenderPlan plan = RenderPlanner.Plan(Id, request, catalog.Find(request.Model)!, planning.Value, RandomSeed.Draw(), (steps, start) => catalog.StepCount(request.Model, steps, start));
        stored.State = new RenderJobState
        {
            State = JobState.Queued,
            Request = request,
            Plan = plan,
            Chunks = [.. plan.Chunks.Select(_ => new ChunkState())],
            CreatedAt = clock.GetUtcNow(),
        };
        leases = new LeaseTable(State.Chunks);
        // The mark first: a job that is stored is always found again, and a mark without a job is taken away.
        _ = await blobs.PutAsync(BlobNames.Unfinished(Id), ReadOnlyMemory<byte>.Empty);
        await stored.WriteStateAsync();
        LogAccepted(Id, plan.Model, plan.Chunks.Count);
        _ = await ResumeAsync();
        return new Submission.Accepted(Snapshot(null));
    }

    public async Task<JobSnapshot?> GetAsync() => stored.RecordExists ? Snapshot(await PositionAsync()) : null;

    public async IAsyncEnumerable<JobSnapshot> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task next = changed.Next;
            if (await GetAsync() is not { } snapshot) yield break;
            yield return snapshot;
            if (snapshot.IsFinished) yield break;
            await next.WaitAsync(cancellationToken);
        }
    }

    public async Task CancelAsync()
    {
        if (IsFinished && stored.RecordExists) return;
        // Before the job is known, the cancellation itself is stored: a submission that comes later finds it.
        if (!stored.RecordExists) State.CreatedAt = clock.GetUtcNow();
        await FinishAsync(JobState.Cancelled, new JobError(JobError.Cancelled, "the job was cancelled", Retryable: false));
    }

    public Task<JobSnapshot?> PauseAsync() => GetAsync();

    public Task<JobSnapshot?> UnpauseAsync() => GetAsync();

    public Task<JobSnapshot?> RetryAsync() => GetAsync();

    public Task<bool> DeleteAsync() => Task.FromResult(false);

    public Task ExpireAsync() => Task.CompletedTask;

    public async Task<bool> ResumeAsync()
    {
        if (!IsUnfinished) return false;
        if (timer is not null) return true;
        LookAfterFrom(leasing.Value.Check);
        await OfferReadyAsync();
        return true;
    }

    public async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsReady(chunk, worker)) return null;
        leases.Assign(chunk, worker);
        State.State = JobState.Running;
        // The epoch is stored before the chunk is handed out: no crash can hand the same one out twice.
        await stored.WriteStateAsync();
        _ = leases.Hear(chunk, clock.GetUtcNow());
        RenderPlan plan = State.Plan!;
        changed.Set();
        await OfferNextAsync(chunk, worker);
        return new ChunkLease.Render
        {
            Job = Id,
            Plan = plan,
            Chunk = plan.Chunks[chunk],
            Epoch = State.Chunks[chunk].Epoch,
            SourceBlobs = [.. RenderPlanner.Sources(plan, plan.Chunks[chunk]).Select(Output)],
            OutputBlob = BlobNames.Output(Id, plan.Chunks[chunk], State.Chunks[chunk].Epoch),
        };
    }

    public Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done)
    {
        if (!Holds(chunk, epoch)) return Task.FromResult(HeartbeatAnswer.Stop);
        if (leases.Hear(chunk, clock.GetUtcNow(), done)) changed.Set();
        return Task.FromResult(HeartbeatAnswer.GoOn);
    }

    public async Task ReportAsync(int chunk, long epoch, ChunkResult result)
    {
        if (!Holds(chunk, epoch))
        {
            // Nobody will look at what a late holder made.
            if (result is ChunkResult.Rendered late && !State.Chunks.Exists(known => known.OutputBlob == late.OutputBlob)) _ = await blobs.DeleteAsync(late.OutputBlob);
            return;
        }

        switch (result)
        {
            case ChunkResult.Rendered rendered:
                State.Chunks[chunk].OutputBlob = rendered.OutputBlob;
                State.PreviewBlob = rendered.PreviewBlob ?? State.PreviewBlob;
                State.WeightsHash = rendered.WeightsHash;
                if (!State.Devices.Contains(rendered.Device)) State.Devices.Add(rendered.Device);
                holder = State.Chunks[chunk].Worker;
                leases.End(chunk);
                await stored.WriteStateAsync();
                changed.Set();
                await GoOnAsync();
                break;
            case ChunkResult.Failed failed:
                leases.End(chunk);
                await FailChunkAsync(chunk, failed.Error);
                break;
            case ChunkResult.Stopped:
                leases.End(chunk);
                await OfferReadyAsync();
                break;
        }
    }

    public async Task ReportVideoAsync(AggregationResult result)
    {
        if (IsFinished)
        {
            if (State.State != JobState.Completed) await DeleteVideoAsync();
            return;
        }

        switch (result)
        {
            case AggregationResult.Stored video:
                (State.VideoBlob, State.PosterBlob, State.FrameDifference) = (video.VideoBlob, video.PosterBlob, video.FrameDifference);
                await FinishAsync(JobState.Completed, null);
                break;
            case AggregationResult.Failed failed:
                await FinishAsync(JobState.Failed, failed.Error);
                break;
        }
    }

    private bool Holds(int chunk, long epoch) =>
        IsUnfinished && leases.Holds(chunk, epoch);

    private void LookAfterFrom(TimeSpan due) => timer ??= this.RegisterGrainTimer(
        LookAfterAsync, new GrainTimerCreationOptions(due, leasing.Value.Check) { KeepAlive = true });

    /// <param name="worker">Who asks: whoever renders the chunk before has its latents before they are stored.</param>
    private bool IsReady(int chunk, string? worker = null)
    {
        if (IsFinished || State.Plan is not { } plan || !leases.IsFree(chunk)) return false;
        return Missing(plan, chunk) switch
        {
            [] => true,
            [var last] => worker is not null && last.Kind == ChunkKind.Denoise && leases.IsRunningAt(last.Index, worker),
            _ => false,
        };
    }

    /// <summary>What a chunk goes on from and is not in storage yet.</summary>
    private List<Chunk> Missing(RenderPlan plan, int chunk) =>
        [.. RenderPlanner.Sources(plan, plan.Chunks[chunk]).Where(source => State.Chunks[source.Index].OutputBlob is null)];

    private string Output(Chunk chunk) => State.Chunks[chunk.Index].OutputBlob ?? BlobNames.Output(Id, chunk, State.Chunks[chunk.Index].Epoch);

    private async Task GoOnAsync()
    {
        RenderPlan plan = State.Plan!;
        if (leases.IsDone)
        {
            List<string> frames = [.. plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode)
                .OrderBy(chunk => chunk.First).Select(chunk => State.Chunks[chunk.Index].OutputBlob!)];
            await GrainFactory.GetGrain<IFrameAggregatorGrain>(Id.Value).AssembleAsync(plan, frames, Provenance.Of(State));
            return;
        }

        await OfferReadyAsync();
    }

    private async Task OfferReadyAsync()
    {
        RenderPlan plan = State.Plan!;
        var queue = GrainFactory.GetGrain<IWorkQueueGrain>(0);
        foreach (Chunk chunk in plan.Chunks.Where(chunk => IsReady(chunk.Index)))
        {
            // Frames to decode may go to any device; denoising goes on where the latents are.
            await queue.OfferAsync(Ticket(chunk) with { Holder = chunk.Kind == ChunkKind.Denoise ? holder : null });
        }
    }

    // What comes after a chunk can be begun by its worker before the chunk's latents are in storage.
    private async Task OfferNextAsync(int begun, string worker)
    {
        RenderPlan plan = State.Plan!;
        var queue = GrainFactory.GetGrain<IWorkQueueGrain>(0);
        foreach (Chunk chunk in plan.Chunks.Where(chunk => Missing(plan, chunk.Index) is [var last] && last.Index == begun && IsReady(chunk.Index, worker)))
            await queue.OfferAsync(Ticket(chunk) with { Holder = worker, IsBound = true });
    }

    private ChunkTicket Ticket(Chunk chunk) => new() { Job = Id, Chunk = chunk.Index, Kind = chunk.Kind, Model = State.Plan!.Model, Since = State.CreatedAt };

    private async Task LookAfterAsync()
    {
        if (IsFinished || State.Plan is null) return;
        DateTimeOffset silent = clock.GetUtcNow() - leasing.Value.Silence;
        foreach (int chunk in leases.Silent(silent))
        {
            leases.End(chunk);
            string worker = State.Chunks[chunk].Worker ?? "";
            LogWorkerSilent(Id, chunk, worker);
            // One that was begun ahead of its latents is lost with them; it has not failed.
            if (!IsReady(chunk)) continue;
            await FailChunkAsync(chunk, new JobError(JobError.WorkerLost, $"worker {worker} went silent", Retryable: true));
            if (IsFinished) return;
        }

        // Offers again what a lost queue has forgotten; what it still has it keeps as it is.
        await GoOnAsync();
    }

    private async Task FailChunkAsync(int chunk, JobError error)
    {
        bool again = leases.Fail(chunk, error, leasing.Value.MaxAttempts);
        LogChunkFailed(Id, chunk, State.Chunks[chunk].Failures, error.Message);
        if (!again)
        {
            await FinishAsync(JobState.Failed, error);
            return;
        }

        await stored.WriteStateAsync();
        await OfferReadyAsync();
    }

    private async Task FinishAsync(JobState state, JobError? error)
    {
        State.State = state;
        State.Error = error;
        State.FinishedAt = clock.GetUtcNow();
        await stored.WriteStateAsync();
        timer?.Dispose();
        timer = null;
        LogFinished(Id, state, error?.Message ?? "");
        changed.Set();
        await leases.StopAsync(GrainFactory, Id);
        _ = await blobs.DeleteAsync(BlobNames.Unfinished(Id));
        await GrainFactory.GetGrain<IWorkQueueGrain>(0).WithdrawAsync(Id);
        await foreach (string name in blobs.ListAsync(BlobNames.Work(Id))) _ = await blobs.DeleteAsync(name);
    }

    private async Task DeleteVideoAsync()
    {
        foreach (string name in (string[])[BlobNames.Video(Id, State.Plan!.Container), BlobNames.Poster(Id), BlobNames.Provenance(Id)]) _ = await blobs.DeleteAsync(name);
    }

    private async Task<int?> PositionAsync() => State.State == JobState.Queued && !IsFinished
        ? await GrainFactory.GetGrain<IWorkQueueGrain>(0).PositionAsync(Id)
        : null;

    private JobSnapshot Snapshot(int? position) => JobView.Of(Id, State, leases.Done, position, rate, clock.GetUtcNow());
}
