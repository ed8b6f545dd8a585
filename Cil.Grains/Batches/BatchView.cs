using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Batches;

/// <summary>Builds a batch's snapshot from its state and its jobs'.</summary>
internal static class BatchView
{
    /// <param name="jobs">By their numbers; null where there is none, or not yet.</param>
    internal static BatchSnapshot Of(RenderJobId id, BatchState state, IReadOnlyList<JobSnapshot?> jobs) => new()
    {
        Id = id,
        State = State(state, jobs),
        Tenant = state.Request!.Request.Tenant,
        CreatedAt = state.CreatedAt,
        Step = jobs.Sum(job => job?.Step ?? 0),
        Steps = jobs.Sum(job => job?.Steps ?? 0),
        Members = [.. jobs.Select((job, index) => new BatchMember(
            BatchNames.Job(id, index), state.Seeds[index % state.Seeds.Count], index / state.Seeds.Count, job,
            state.Refused.GetValueOrDefault(index)))],
    };

    /// <summary>What a list shows of it.</summary>
    internal static BatchSummary Summary(BatchSnapshot batch, RenderRequest request) => new()
    {
        Id = batch.Id,
        State = batch.State,
        Tenant = batch.Tenant,
        CreatedAt = batch.CreatedAt,
        // One that names none takes the only one.
        Model = batch.Members.FirstOrDefault(member => member.Snapshot is not null)?.Snapshot?.Model ?? request.Model,
        Prompt = request.Prompt,
        Step = batch.Step,
        Steps = batch.Steps,
        Completed = batch.Completed,
        Videos = batch.Members.Count,
    };

    private static JobState State(BatchState state, IReadOnlyList<JobSnapshot?> jobs)
    {
        bool isOver = state.IsSubmitted && jobs.All(job => job is null or { IsFinished: true });
        if (!isOver) return jobs.Any(job => job?.State is not (null or JobState.Queued)) ? JobState.Running : JobState.Queued;
        if (state.IsCancelled || jobs.Any(job => job?.State == JobState.Cancelled)) return JobState.Cancelled;
        return state.Refused.Count > 0 || jobs.Any(job => job?.State == JobState.Failed) ? JobState.Failed : JobState.Completed;
    }
}
