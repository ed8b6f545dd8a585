using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>Builds a job's snapshot from its state and the progress of its running chunks.</summary>
internal static class JobView
{
    /// <param name="done">Steps or frames done of each running chunk.</param>
    /// <param name="workers">The workers that have those chunks.</param>
    internal static JobSnapshot Of(
        RenderJobId id, RenderJobState state, IReadOnlyDictionary<int, int> done, IReadOnlyList<string> workers, int? position,
        RateEstimate rate, DateTimeOffset now)
    {
        if (state.Plan is not { } plan)
        {
            return new JobSnapshot
            {
                Id = id,
                State = state.State,
                Stage = JobStage.Done,
                Error = state.Error,
                CreatedAt = state.CreatedAt,
                FinishedAt = state.FinishedAt,
            };
        }

        int Progress(bool decoding) => plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode == decoding)
            .Sum(chunk => state.Chunks[chunk.Index].OutputBlob is not null ? chunk.Count : done.GetValueOrDefault(chunk.Index));
        int step = Progress(decoding: false), frames = Progress(decoding: true);
        // Of all windows, and of both guidance branches where they are separate chunks.
        int steps = plan.Chunks.Where(chunk => chunk.Kind != ChunkKind.Decode).Sum(chunk => chunk.Count);
        return new JobSnapshot
        {
            Id = id,
            State = state.State,
            Stage = Stage(state.State, step > 0, step < steps, frames < plan.Frames),
            Step = step,
            Steps = steps,
            FramesDecoded = frames,
            Frames = plan.Frames,
            QueuePosition = position,
            Remaining = rate.Remaining(step, steps, now),
            PreviewBlob = state.PreviewBlob,
            VideoBlob = state.VideoBlob,
            PosterBlob = state.PosterBlob,
            Seed = plan.Seed,
            Width = plan.Width,
            Height = plan.Height,
            FrameDifference = state.FrameDifference,
            Flow = state.Flow,
            Flicker = state.Flicker,
            Error = state.Error,
            CreatedAt = state.CreatedAt,
            FinishedAt = state.FinishedAt,
            Model = plan.Model,
            Prompt = plan.Prompt,
            Tenant = state.Request?.Tenant ?? "",
            Priority = state.Request?.Priority ?? 0,
            Deadline = state.Request?.Deadline,
            ExpiresAt = state.ExpiresAt,
            Failures = state.Chunks.Sum(chunk => chunk.Failures),
            Workers = workers,
            WeightsHash = state.WeightsHash,
        };
    }

    private static JobStage Stage(JobState state, bool hasBegun, bool denoises, bool decodes) => state switch
    {
        JobState.Queued => JobStage.Waiting,
        JobState.Paused when !hasBegun => JobStage.Waiting,
        JobState.Running or JobState.Paused when denoises => JobStage.Denoising,
        JobState.Running or JobState.Paused when decodes => JobStage.Decoding,
        JobState.Running or JobState.Paused => JobStage.Encoding,
        _ => JobStage.Done,
    };
}
