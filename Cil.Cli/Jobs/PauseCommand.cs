using System.CommandLine;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>`cil pause` and `cil unpause`: a job, a tenant, or the whole queue.</summary>
internal static class PauseCommand
{
    public static Command Pause() => Build(
        "pause", "Begins nothing more of a job, a tenant or the whole queue; chunks in hand go to their end.",
        (client, id) => client.PauseAsync(id), (client, tenant) => client.PauseQueueAsync(tenant),
        (client, model) => client.PauseModelAsync(model));

    public static Command Unpause() => Build(
        "unpause", "Goes on with a paused job, tenant or queue.",
        (client, id) => client.UnpauseAsync(id), (client, tenant) => client.UnpauseQueueAsync(tenant),
        (client, model) => client.UnpauseModelAsync(model));

    private static Command Build(
        string name, string description, Func<ICilClient, RenderJobId, Task<JobSnapshot?>> ofJob, Func<ICilClient, string?, Task> ofQueue,
        Func<ICilClient, string, Task> ofModel)
    {
        var job = new Argument<string?>("ID") { Description = "the job's id, as 'cil jobs' lists it", Arity = ArgumentArity.ZeroOrOne };
        var tenant = new Option<string?>("--tenant") { Description = "all of a tenant's jobs" };
        var model = new Option<string?>("--model") { Description = "all jobs of a model" };
        var queue = new Option<bool>("--queue") { Description = "everything" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command(name, description) { job, tenant, model, queue, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (string? id, string? whose, string? which, bool all) = (
                parsed.GetValue(job), parsed.GetValue(tenant), parsed.GetValue(model), parsed.GetValue(queue));
            if (new[] { id, whose, which, all ? "" : null }.Count(given => given is not null) != 1)
                throw new BadInputException("ID", $"give one of a job's id, --tenant, --model or --queue to {name}");
            if (id is not null) return await JobCommand.RunAsync(id, parsed.GetValue(data), parsed.GetValue(url), ofJob, cancellationToken);
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            await (which is null ? ofQueue(access.Client, whose) : ofModel(access.Client, which));
            string what = which is not null ? $"model {PrintableText.Of(which)}"
                : whose is not null ? $"tenant {PrintableText.Of(whose)}"
                : "the queue";
            Console.WriteLine($"{what}: {name}d");
            return ExitCode.Done;
        });
        return command;
    }
}
