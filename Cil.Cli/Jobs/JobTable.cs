using System.Globalization;
using Cil.Cli.Options;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>Jobs as a table, a line each.</summary>
internal static class JobTable
{
    private const int PromptLength = 40;

    internal static void Print(IEnumerable<JobSnapshot> jobs, DateTimeOffset now) => Write(Console.Out, jobs, now);

    internal static void Write(TextWriter target, IEnumerable<JobSnapshot> jobs, DateTimeOffset now) =>
        TextTable.Write(
            target, ["job", "state", "progress", "age", "tenant", "model", "batch", "prompt"], jobs.Select(job => Cells(job, now)));

    private static string[] Cells(JobSnapshot job, DateTimeOffset now) =>
    [
        job.Id.Value, State(job), Progress(job), Age(now - job.CreatedAt),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{job.Tenant}{(job.Priority == 0 ? "" : $" {job.Priority:+0;-0}")}"), job.Model, job.Batch ?? "", Short(job.Prompt),
    ];

    /// <summary>What it is at, in words.</summary>
    internal static string Progress(JobSnapshot job) => job switch
    {
        { Error: { } error } when job.State == JobState.Failed => error.Code,
        { IsFinished: true } => "",
        { State: JobState.Queued, QueuePosition: { } before } => string.Create(CultureInfo.InvariantCulture, $"{before} before it"),
        { Stage: JobStage.Denoising } => string.Create(CultureInfo.InvariantCulture, $"step {job.Step}/{job.Steps}"),
        { Stage: JobStage.Decoding } => string.Create(CultureInfo.InvariantCulture, $"frame {job.FramesDecoded}/{job.Frames}"),
        _ => job.Stage.ToString().ToLowerInvariant(),
    };

    private static string State(JobSnapshot job) =>
        job.State == JobState.AwaitingApproval ? "awaiting approval" : job.State.ToString().ToLowerInvariant();

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:F0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:F0} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:F0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:F0} d"),
    };

    // Not between the two halves of a character.
    private static string Short(string prompt) =>
        prompt.Length <= PromptLength
            ? prompt
            : $"{prompt.AsSpan(0, PromptLength - (char.IsHighSurrogate(prompt[PromptLength - 2]) ? 2 : 1))}…";
}
