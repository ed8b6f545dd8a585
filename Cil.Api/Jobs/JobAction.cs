using System.Text.Json;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Jobs;

/// <summary>
/// Something that is done with a job, and the states in which it can be. What was done already is no conflict: a request whose answer
/// was lost comes again.
/// </summary>
/// <param name="Done">What the job is then, for people.</param>
internal sealed record JobAction(
    string Done, Func<JobSnapshot, bool> IsPossible, Func<ICilClient, RenderJobId, CancellationToken, Task<JobSnapshot?>> AskAsync)
{
    internal static JobAction Pause { get; } = new(
        "paused", job => job.State is JobState.Queued or JobState.Running or JobState.Paused,
        (client, id, token) => client.PauseAsync(id, token));

    internal static JobAction Unpause { get; } = new("resumed", IsUnfinished, (client, id, token) => client.UnpauseAsync(id, token));

    internal static JobAction Retry { get; } = new(
        "tried again", job => job.State is not (JobState.Completed or JobState.Cancelled),
        (client, id, token) => client.RetryAsync(id, token));

    internal static JobAction Approve { get; } = new("approved", IsUnfinished, (client, id, token) => client.ApproveAsync(id, token));

    internal static JobAction Reject { get; } = new(
        "rejected", job => IsUnfinished(job) || job.State == JobState.Cancelled, (client, id, token) => client.RejectAsync(id, token));

    internal static JobAction SetPriority(int priority) => new(
        "given another priority", IsUnfinished, (client, id, token) => client.SetPriorityAsync(id, priority, token));

    internal Problem Conflict(JobSnapshot job) => new(
        StatusCodes.Status409Conflict, ApiProblem.Conflict,
        $"job '{job.Id}' is {JsonNamingPolicy.CamelCase.ConvertName(job.State.ToString())}: it cannot be {Done}");

    private static bool IsUnfinished(JobSnapshot job) => !job.IsFinished;
}
