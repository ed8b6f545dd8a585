using Cil.Grains.Blobs;
using Cil.Grains.Work;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Work;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>Chunks: what is ready, who has it, and what came of it.</summary>
public sealed partial class RenderJobGrain
{
    public async Task<ChunkLease?> BeginChunkAsync(int chunk, string worker)
    {
        if (!IsReady(chunk, worker)) return null;
        leases.Assign(chunk, worker);
        State.State = JobState.Running;
        // The epoch is stored before the chunk is handed out: no crash can hand the same one out twice.
        await SaveAsync();
        _ = leases.Hear(chunk, clock.GetUtcNow());
        LookAfterFrom(leasing.Value.Check);
        RenderPlan plan = State.Plan!;
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
            await DropLateAsync(result);
            return;
        }

        string worker = State.Chunks[chunk].Worker ?? "";
        EndLease(chunk);
        switch (result)
        {
            case ChunkResult.Rendered other when State.WeightsHash is { } begun && begun != other.WeightsHash:
                // Of a model of the same name: what it made would be part of another video.
                await DropLateAsync(other);
                await FailOnceAsync(chunk, worker, new JobError(
                    JobError.InvalidModel,
                    $"{State.Plan!.Model} on {worker} has the weights {Short(other.WeightsHash)}, and the job was begun with {Short(begun)}; it goes on where those are",
                    Retryable: true));
                break;
            case ChunkResult.Rendered rendered:
                State.Chunks[chunk].OutputBlob = rendered.OutputBlob;
                State.PreviewBlob = rendered.PreviewBlob ?? State.PreviewBlob;
                State.WeightsHash = rendered.WeightsHash;
                if (!State.Devices.Contains(rendered.Device)) State.Devices.Add(rendered.Device);
                holder = worker;
                await SaveAsync();
                await NoteMemoryAsync(rendered.PeakBytes);
                await GoOnAsync();
                await DeleteSpentAsync();
                break;
            case ChunkResult.Failed failed:
                await FailOnceAsync(chunk, worker, failed.Error);
                break;
            case ChunkResult.Torn torn:
                await RenderAgainAsync(torn.Blob);
                break;
            case ChunkResult.Stopped:
                await OfferReadyAsync();
                break;
        }
    }

    public async Task ReportVideoAsync(AggregationResult result)
    {
        if (!IsUnfinished)
        {
            if (State.State != JobState.Completed && result is AggregationResult.Stored late) await DeleteAllAsync([late.VideoBlob, late.PosterBlob, BlobNames.Provenance(Id)]);
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
                // The next look has it tried again.
                LogNotEncoded(Id, ++State.EncodeFailures, failed.Error.Message);
                if (State.EncodeFailures < leasing.Value.MaxAttempts && failed.Error.Retryable) await SaveAsync();
                else await FinishAsync(JobState.Failed, failed.Error);
                break;
        }
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];

    private bool Holds(int chunk, long epoch) => IsUnfinished && leases.Holds(chunk, epoch);

    private void LookAfterFrom(TimeSpan due) => timer ??= this.RegisterGrainTimer(
        LookAfterAsync, new GrainTimerCreationOptions(due, leasing.Value.Check) { KeepAlive = true });

    /// <param name="worker">Who asks: whoever renders the last chunk that is missing has its latents before they are stored.</param>
    private bool IsReady(int chunk, string? worker = null)
    {
        if (!IsUnfinished || State.State == JobState.Paused || !leases.IsFree(chunk)) return false;
        return Missing(chunk) switch
        {
            [] => true,
            [var last] => worker is not null && last.Kind == ChunkKind.Denoise && leases.IsRunningAt(last.Index, worker),
            _ => false,
        };
    }

    // What a chunk goes on from and is not in storage yet.
    private List<Chunk> Missing(int chunk) =>
        [.. RenderPlanner.Sources(State.Plan!, State.Plan!.Chunks[chunk]).Where(source => State.Chunks[source.Index].OutputBlob is null)];

    private string Output(Chunk chunk) => State.Chunks[chunk.Index].OutputBlob ?? BlobNames.Output(Id, chunk, State.Chunks[chunk.Index].Epoch);

    private async Task GoOnAsync()
    {
        if (State.State == JobState.Paused) return;
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
        foreach (Chunk chunk in State.Plan!.Chunks.Where(chunk => IsReady(chunk.Index)))
        {
            // Frames to decode may go to any device; denoising goes on where the latents are.
            await Queue.OfferAsync(Ticket(chunk) with { Holder = chunk.Kind == ChunkKind.Denoise ? holder : null });
        }
    }

    // What comes after a chunk can be begun by its worker before the chunk's latents are in storage.
    private async Task OfferNextAsync(int begun, string worker)
    {
        foreach (Chunk chunk in State.Plan!.Chunks.Where(chunk => Missing(chunk.Index) is [var last] && last.Index == begun && IsReady(chunk.Index, worker)))
            await Queue.OfferAsync(Ticket(chunk) with { Holder = worker, IsBound = true });
    }

    private ChunkTicket Ticket(Chunk chunk) => new()
    {
        Job = Id,
        Chunk = chunk.Index,
        Kind = chunk.Kind,
        Model = State.Plan!.Model,
        Since = State.CreatedAt,
        Tenant = State.Request!.Tenant,
        Priority = State.Request.Priority,
        Failures = State.Chunks.Sum(state => state.Failures),
        Deadline = State.Request.Deadline,
        Memory = memory,
        Avoid = State.FailedOn,
    };

    private async Task LookAfterAsync()
    {
        if (!IsUnfinished) return;
        if (State.Request!.Deadline <= clock.GetUtcNow())
        {
            await ExpireAsync();
            return;
        }

        foreach (LostLease lost in leases.LookAfter(GrainFactory, Id, clock, leasing.Value))
        {
            LogWorkerLost(Id, lost.Chunk, lost.Reason.Message);
            await Queue.EndAsync(Id, lost.Chunk, TimeSpan.Zero);
            // One that was begun ahead of its latents is lost with them; that is the other chunk's loss.
            if (!IsReady(lost.Chunk) && State.State != JobState.Paused) continue;
            if (lost.IsFailure) await FailChunkAsync(lost.Chunk, lost.Worker, lost.Reason);
            else await LoseChunkAsync(lost);
            if (IsFinished) return;
        }

        if (RestWhenCalm()) return;
        // Offers again what a lost queue has forgotten; what it still has it keeps as it is.
        await GoOnAsync();
    }

    // A job of which no worker has anything, and that nobody watches, need not be in memory: the queue knows it, or the
    // keeper finds it.
    private bool RestWhenCalm()
    {
        const int LooksBeforeRest = 3;
        if (!leases.IsIdle || watchers > 0 || (leases.IsDone && State.State != JobState.Paused))
        {
            calmLooks = 0;
            return false;
        }

        if (++calmLooks < LooksBeforeRest) return false;
        timer?.Dispose();
        timer = null;
        DeactivateOnIdle();
        return true;
    }

    private void EndLease(int chunk)
    {
        TimeSpan used = leases.End(chunk) is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero;
        _ = Queue.EndAsync(Id, chunk, used);
    }

    // A worker that got no answer tells it again: it failed once all the same.
    private Task FailOnceAsync(int chunk, string worker, JobError error) =>
        leases.IsOut(chunk) ? FailChunkAsync(chunk, worker, error) : GoOnAsync();

    private async Task FailChunkAsync(int chunk, string worker, JobError error)
    {
        bool again = leases.Fail(chunk, error, leasing.Value);
        if (worker.Length > 0 && !State.FailedOn.Contains(worker)) State.FailedOn.Add(worker);
        // It may have let go of everything: its latents are no reason to wait for it.
        if (holder == worker) holder = null;
        LogChunkFailed(Id, chunk, State.Chunks[chunk].Failures, error.Message);
        await TryAgainAsync(again, error);
    }

    private Task LoseChunkAsync(LostLease lost) => TryAgainAsync(leases.Lose(lost.Chunk, leasing.Value), lost.Reason);

    private async Task TryAgainAsync(bool again, JobError error)
    {
        if (!again)
        {
            await FinishAsync(JobState.Failed, error);
            return;
        }

        await SaveAsync();
        await GoOnAsync();
    }

    // The chunk that made a blob which cannot be read is rendered again, from the one before it.
    private async Task RenderAgainAsync(string blob)
    {
        int maker = State.Chunks.FindIndex(state => state.OutputBlob == blob);
        if (maker < 0)
        {
            await GoOnAsync();
            return;
        }

        LogTorn(Id, maker, blob);
        State.Chunks[maker].OutputBlob = null;
        _ = deleted.Remove(maker);
        await FailChunkAsync(maker, "", new JobError(JobError.StorageFailed, $"{blob}: damaged or lost", Retryable: true));
        _ = await blobs.DeleteAsync(blob);
    }

    // Storage must not grow with the steps. What could not be deleted goes with the job.
    private async Task DeleteSpentAsync()
    {
        foreach (Chunk spent in RenderPlanner.Spent(State.Plan!, chunk => State.Chunks[chunk].OutputBlob is not null).Where(chunk => deleted.Add(chunk.Index)))
            _ = await blobs.DeleteAsync(State.Chunks[spent.Index].OutputBlob!);
    }

    // More than was thought counts at once; less only when all kinds of chunks were seen.
    private async Task NoteMemoryAsync(long measured)
    {
        peak = Math.Max(peak, measured);
        if (peak == 0 || (peak <= memory && !leases.IsDone)) return;
        memory = Math.Max(peak, memory);
        await Queue.MeasuredAsync(MemoryKind.Of(State.Plan!), peak);
    }

    // Nobody will look at what a late holder made.
    private async Task DropLateAsync(ChunkResult result)
    {
        if (result is not ChunkResult.Rendered late || State.Chunks.Exists(known => known.OutputBlob == late.OutputBlob)) return;
        _ = await blobs.DeleteAsync(late.OutputBlob);
        if (!stored.RecordExists && late.PreviewBlob is { } preview) _ = await blobs.DeleteAsync(preview);
    }
}
