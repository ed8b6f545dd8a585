using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cil.Cli.Options;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>`cil batch`: a batch with its videos; cancels or deletes all of them.</summary>
internal static class BatchCommand
{
    private const int MostListed = 100;

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    internal static Command Build()
    {
        var id = new Argument<string>("ID") { Description = "the batch's id, as 'cil batches' lists it" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var cancel = new Option<bool>("--cancel") { Description = "stop all its jobs" };
        var delete = new Option<bool>("--delete") { Description = "remove it with its jobs and all that belongs to them" };
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("batch", "Shows the videos of a batch; cancels or deletes all of them.")
        {
            id, cancel, delete, json, data, url,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            RenderJobId batch = JobCommand.Id(parsed.GetRequiredValue(id));
            (bool isCancelled, bool isDeleted) = (parsed.GetValue(cancel), parsed.GetValue(delete));
            if (isCancelled && isDeleted) throw new BadInputException("--cancel", "give either --cancel or --delete, not both");
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            if (isDeleted) await DeleteAsync(access.Client, batch, cancellationToken);
            else Show(await FindAsync(access.Client, batch, isCancelled, cancellationToken), parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>`cil batches`.</summary>
    internal static Command BuildList()
    {
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var tenant = new Option<string?>("--tenant") { Description = "only this tenant's batches" };
        Option<int> limit = Values.Whole("--limit", "the newest so many batches", 20, 1, MostListed);
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("batches", "Lists batches, newest first.") { data, url, tenant, limit, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            IReadOnlyList<BatchSummary> batches = await access.Client.ListBatchesAsync(
                new JobQuery { Tenant = parsed.GetValue(tenant), Limit = parsed.GetValue(limit) }, cancellationToken);
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(batches.Select(batch => batch.ToApi()), Indented));
            else if (batches.Count == 0) Console.WriteLine("no batches");
            else TextTable.Print(["batch", "state", "videos", "steps", "prompt"], batches.Select(Cells));
            return ExitCode.Done;
        });
        return command;
    }

    private static string[] Cells(BatchSummary batch) =>
    [
        batch.Id.Value, batch.State.ToString().ToLowerInvariant(),
        string.Create(CultureInfo.InvariantCulture, $"{batch.Completed}/{batch.Videos}"),
        string.Create(CultureInfo.InvariantCulture, $"{batch.Step}/{batch.Steps}"), PrintableText.Of(batch.Prompt),
    ];

    private static async Task<BatchSnapshot> FindAsync(
        ICilClient client, RenderJobId id, bool isCancelled, CancellationToken cancellationToken) =>
        (isCancelled ? await client.CancelBatchAsync(id, cancellationToken) : await client.GetBatchAsync(id, cancellationToken))
            ?? throw NotThere(id);

    private static async Task DeleteAsync(ICilClient client, RenderJobId id, CancellationToken cancellationToken)
    {
        if (!await client.DeleteBatchAsync(id, cancellationToken)) throw NotThere(id);
        Console.WriteLine($"{id}: deleted");
    }

    private static void Show(BatchSnapshot batch, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(batch.ToApi(), Indented));
            return;
        }

        string state = batch.State.ToString().ToLowerInvariant();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{batch.Id}: {state}, {batch.Completed} of {batch.Members.Count} videos, step {batch.Step}/{batch.Steps}"));
        TextTable.Print(["job", "seed", "state", "progress"], batch.Members.Select(Cells));
    }

    private static string[] Cells(BatchMember member) =>
    [
        member.Job.Value, member.Seed.ToString(CultureInfo.InvariantCulture),
        member switch
        {
            { Snapshot: { } job } => job.State.ToString().ToLowerInvariant(),
            { Error: not null } => "refused",
            _ => "not submitted",
        },
        member switch
        {
            { Snapshot: { } job } => JobTable.Progress(job),
            { Error: { } error } => error.Message,
            _ => "",
        },
    ];

    private static BadInputException NotThere(RenderJobId id) => new("ID", $"there is no batch {id}");
}
