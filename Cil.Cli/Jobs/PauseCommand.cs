using System.CommandLine;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>`cil pause` and `cil unpause`: a job, a tenant, or the whole queue.</summary>
public static class PauseCommand
{
    public static Command Pause() => Build(
        "pause", "Begins nothing more of a job, a tenant or the whole queue; chunks in hand go to their end.",
        (client, id) => client.PauseAsync(id), (client, tenant) => client.PauseQueueAsync(tenant));

    public static Command Unpause() => Build(
        "unpause", "Goes on with a paused job, tenant or queue.",
        (client, id) => client.UnpauseAsync(id), (client, tenant) => client.UnpauseQueueAsync(tenant));

    private static Command Build(
        string name, string description, Func<ICilClient, RenderJobId, Task<JobSnapshot?>> ofJob, Func<ICilClient, string?, Task> ofQueue)
    {
        var job = new Argument<string?>("ID") { Description = "the job's id, as 'cil jobs' lists it", Arity = ArgumentArity.ZeroOrOne };
        var tenant = new Option<string?>("--tenant") { Description = "all of a tenant's jobs" };
        var queue = new Option<bool>("--queue") { Description = "everything" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command(name, description) { job, tenant, queue, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (string? id, string? whose, bool all) = (parsed.GetValue(job), parsed.GetValue(tenant), parsed.GetValue(queue));
            if ((id is null ? 0 : 1) + (whose is null ? 0 : 1) + (all ? 1 : 0) != 1) throw new BadInputException("ID", $"give one of a job's id, --tenant or --queue to {name}");
            if (id is not null) return await JobCommand.RunAsync(id, parsed.GetValue(data), parsed.GetValue(url), ofJob, cancellationToken);
            await using JobAccess access = await JobAccess.OpenAsync(parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            await ofQueue(access.Client, whose);
            Console.WriteLine($"{(all ? "the queue" : $"tenant {PrintableText.Of(whose!)}")}: {name}d");
            return ExitCode.Done;
        });
        return command;
    }
}
