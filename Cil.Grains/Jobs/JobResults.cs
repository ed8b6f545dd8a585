using Cil.Grains.Blobs;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Jobs;

/// <summary>Takes the results of a job's chunks and of its video in, and has made again what cannot be read.</summary>
internal sealed partial class JobResults(
    JobExecution execution, IPersistentState<RenderJobState> stored, JobBlobs blobs, LeaseOptions leasing, ILogger logger)
{
    // The most device memory that the job was measured to take, in bytes.
    private long peak;

    private RenderJobId Id => execution.Coordinator.Id;

    private LeaseTable Leases => execution.Coordinator.Leases;

    private RenderJobState State => stored.State;

    /// <summary>A worker reports how a chunk ended.</summary>
    internal async Task ReportAsync(int chunk, long epoch, ChunkResult result)
    {
        if (!execution.Coordinator.Holds(chunk, epoch))
        {
            await DeleteLateAsync(result);
            return;
        }

        string worker = Leases.WorkerOf(chunk) ?? "";
        execution.Coordinator.End(chunk);
        switch (result)
        {
            case ChunkResult.Rendered other when State.WeightsHash is { } begun && begun != other.WeightsHash:
                // A model of the same name with other weights: its result would be part of another video.
                await DeleteLateAsync(other);
                await execution.Coordinator.FailOnceAsync(chunk, worker, new JobError(
                    JobError.InvalidModel,
                    $"{State.Plan!.Model} on {worker} has the weights {Short(other.WeightsHash)}, and the job was begun with "
                        + $"{Short(begun)}; "
                        + "it goes on where those are",
                    Retryable: true));
                break;
            case ChunkResult.Rendered rendered:
                await AcceptAsync(chunk, worker, rendered);
                break;
            case ChunkResult.Failed failed:
                await execution.Coordinator.FailOnceAsync(chunk, worker, failed.Error);
                break;
            case ChunkResult.Corrupt corrupt:
                await RenderAgainAsync(corrupt.Blob);
                break;
            case ChunkResult.Stopped:
                await execution.OfferAsync();
                break;
        }
    }

    /// <summary>The aggregator reports whether the video is stored.</summary>
    internal async Task ReportVideoAsync(AggregationResult result)
    {
        if (!execution.IsUnfinished)
        {
            if (State.State != JobState.Completed && result is AggregationResult.Stored late)
                await blobs.DeleteAsync(late.VideoBlob, late.PosterBlob, BlobNames.Provenance(Id));
            return;
        }

        switch (result)
        {
            case AggregationResult.Stored draft when draft.VideoBlob == BlobNames.Draft(Id, State.Plan!.Container):
                // Told twice, it may be approved already.
                if (State.FullPlan is not null && State.State != JobState.AwaitingApproval) await execution.AwaitApprovalAsync(draft);
                break;
            case AggregationResult.Stored video:
                (State.VideoBlob, State.PosterBlob, State.FrameDifference) = (video.VideoBlob, video.PosterBlob, video.FrameDifference);
                (State.Flow, State.Flicker) = (video.Flow, video.Flicker);
                await execution.FinishAsync(JobState.Completed, null);
                break;
            case AggregationResult.Corrupt corrupt:
                await RenderAgainAsync(corrupt.Blob);
                break;
            case AggregationResult.Failed failed:
                // The next check has it tried again.
                LogNotEncoded(Id, ++State.EncodeFailures, failed.Error.Message);
                if (failed.Error.Retryable && State.EncodeFailures < leasing.AttemptsAt(failed.Error))
                    await execution.Coordinator.SaveAsync();
                else await execution.FinishAsync(JobState.Failed, failed.Error);
                break;
        }
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];

    private async Task AcceptAsync(int chunk, string worker, ChunkResult.Rendered rendered)
    {
        State.Chunks[chunk].OutputBlob = rendered.OutputBlob;
        State.PreviewBlob = rendered.PreviewBlob ?? State.PreviewBlob;
        State.WeightsHash = rendered.WeightsHash;
        if (!State.Devices.Contains(rendered.Device)) State.Devices.Add(rendered.Device);
        execution.Schedule.LatentsHolder = worker;
        await execution.Coordinator.SaveAsync();
        await NoteMemoryAsync(rendered.PeakBytes);
        await execution.GoOnAsync(chunk);
        await blobs.DeleteObsoleteAsync(State, execution.Schedule.ObsoleteSince(chunk));
    }

    // A higher peak than expected counts at once; a lower one only after all kinds of chunks were measured.
    private async Task NoteMemoryAsync(long measured)
    {
        peak = Math.Max(peak, measured);
        if (peak == 0 || (peak <= execution.Schedule.Memory && !execution.Coordinator.Leases.IsDone)) return;
        execution.Schedule.Memory = Math.Max(peak, execution.Schedule.Memory);
        await execution.Coordinator.Queue.MeasuredAsync(MemoryKind.Of(State.Plan!), peak);
    }

    // The chunk that made a blob which cannot be read is rendered again, from the chunks before it.
    private async Task RenderAgainAsync(string blob)
    {
        int maker = State.Chunks.FindIndex(state => state.OutputBlob == blob);
        if (maker < 0)
        {
            await execution.ScheduleAsync();
            return;
        }

        LogCorrupt(Id, maker, blob);
        State.Chunks[maker].OutputBlob = null;
        await execution.Coordinator.FailAsync(
            maker, "", new JobError(JobError.StorageFailed, $"{blob}: damaged or lost", Retryable: true));
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
