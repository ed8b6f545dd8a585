using Cil.Grains.Leases;
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
                ExpiresAt = state.ExpiresAt,
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
            Priority = state.Priority ?? state.Request?.Priority ?? 0,
            Deadline = state.Request?.Deadline,
            ExpiresAt = state.ExpiresAt,
            Failures = state.Chunks.Sum(chunk => chunk.Failures),
            Workers = workers,
            WeightsHash = state.WeightsHash,
            Batch = state.Request?.Batch,
            DraftBlob = state.DraftBlob,
            ApproveBy = state.ApproveBy,
            After = state.Request?.After,
        };
    }

    /// <summary>Null where what was asked for is not known.</summary>
    internal static JobDetails? Details(RenderJobState state, IReadOnlyDictionary<int, int> done)
    {
        if (state is not { Plan: { } plan, Request: { } request }) return null;
        return new JobDetails
        {
            Request = request,
            PlaybackFps = plan.PlaybackFps,
            Steps = plan.Steps,
            Guidance = plan.Guidance,
            Start = plan.Start,
            IsAnalyticInit = plan.Statistics is not null,
            Windows = Math.Max(1, plan.Windows.Count),
            Precision = plan.Precision,
            Devices = [.. state.Devices],
            Version = typeof(JobView).Assembly.GetName().Version?.ToString() ?? "",
            FailedOn = [.. state.FailedOn],
            Chunks = [.. plan.Chunks.Select(chunk => Progress(chunk, state.Chunks[chunk.Index], done))],
        };
    }

    private static ChunkProgress Progress(Chunk chunk, ChunkState state, IReadOnlyDictionary<int, int> done)
    {
        bool isDone = state.OutputBlob is not null, isRunning = !isDone && done.ContainsKey(chunk.Index);
        return new ChunkProgress(
            chunk.Index, chunk.Kind, chunk.Window, chunk.Count, isDone ? chunk.Count : done.GetValueOrDefault(chunk.Index),
            isRunning ? state.Worker : null, state.Failures, state.Losses);
    }

    private static JobStage Stage(JobState state, bool hasBegun, bool denoises, bool decodes) => state switch
    {
        JobState.Queued or JobState.AwaitingApproval => JobStage.Waiting,
        JobState.Paused when !hasBegun => JobStage.Waiting,
        JobState.Running or JobState.Paused when denoises => JobStage.Denoising,
        JobState.Running or JobState.Paused when decodes => JobStage.Decoding,
        JobState.Running or JobState.Paused => JobStage.Encoding,
        _ => JobStage.Done,
    };
}
