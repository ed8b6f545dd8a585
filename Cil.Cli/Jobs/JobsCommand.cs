using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cil.Cli.Options;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.Cli.Jobs;

/// <summary>`cil jobs`: what is there, why it waits, and how the queue stands.</summary>
internal static class JobsCommand
{
    internal const string IsPaused = "it is paused: 'cil unpause' goes on with it";

    private const int MostListed = 1000;

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    public static Command Build()
    {
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var tenant = new Option<string?>("--tenant") { Description = "only this tenant's jobs" };
        Option<int> limit = Values.Whole("--limit", "the newest so many jobs", 20, 1, MostListed);
        var why = new Option<string?>("--why") { Description = "say why the job of this id waits" };
        var queue = new Option<bool>("--queue") { Description = "show the queue, its tenants and its workers" };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("jobs", "Lists jobs, newest first; says why one waits; shows the queue.")
        {
            data, url, tenant, limit, why, queue, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            bool asJson = parsed.GetValue(json);
            if (parsed.GetValue(why) is { } id) await ExplainAsync(access.Client, JobCommand.Id(id), asJson);
            else if (parsed.GetValue(queue)) Show(await access.Client.QueueAsync(cancellationToken), asJson);
            else
            {
                Show(
                    await access.Client.ListAsync(
                        new JobQuery { Tenant = parsed.GetValue(tenant), Limit = parsed.GetValue(limit) }, cancellationToken),
                    asJson);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IReadOnlyList<JobSnapshot> jobs, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(jobs.Select(job => job.ToApi()), Indented));
            return;
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (jobs.Count == 0) Console.WriteLine("no jobs");
        else JobTable.Print(jobs, now);
    }

    private static void Show(QueueStatus status, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(status.ToApi(), Indented));
            return;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Waiting} jobs wait, {status.Running} chunks are at work{(status.IsPaused ? "; the queue is paused" : "")}"));
        if (status.PausedModels.Count > 0) Console.WriteLine($"paused models: {PrintableText.Of(string.Join(", ", status.PausedModels))}");
        if (status.Tenants.Count > 0)
            TextTable.Print(["tenant", "waiting", "share", "device seconds", ""], status.Tenants.Select(TenantCells));
        if (status.Workers.Count > 0) TextTable.Print(["worker", "chunks", "model loaded", "heard"], status.Workers.Select(WorkerCells));
    }

    private static string[] TenantCells(TenantStatus tenant) =>
        [
            tenant.Tenant, Number(tenant.Waiting), tenant.Share.ToString("0.##", CultureInfo.InvariantCulture),
            tenant.Used.ToString("F0", CultureInfo.InvariantCulture), tenant.IsPaused ? "paused" : "",
        ];

    private static string[] WorkerCells(WorkerStatus worker) =>
        [
            worker.Worker.ToString()!, Number(worker.Chunks), worker.Loaded ?? "none",
            worker.Heard.ToString("u", CultureInfo.InvariantCulture),
        ];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task ExplainAsync(ICilClient client, RenderJobId id, bool asJson)
    {
        JobSnapshot job = await client.GetAsync(id) ?? throw JobCommand.NotThere(id);
        string reason = await client.WhyAsync(id) ?? (job.State switch
        {
            JobState.Paused => IsPaused,
            JobState.Queued => "it is about to be offered to the queue",
            JobState.Running =>
                $"it does not wait: {JobTable.Progress(job)}{(job.Workers.Count == 0 ? "" : $", at {string.Join(", ", job.Workers)}")}",
            _ => $"it does not wait: it is {job.State.ToString().ToLowerInvariant()}{(job.Error is { } error ? $": {error.Message}" : "")}",
        });
        Console.WriteLine(asJson ? JsonSerializer.Serialize(new ApiReason(reason), Indented) : PrintableText.Of(reason));
    }
}
