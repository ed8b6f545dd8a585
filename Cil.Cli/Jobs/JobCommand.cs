using System.CommandLine;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>
/// Commands that do something to one job: `cil cancel`, `cil retry`, `cil delete`, and those of <see cref="PauseCommand"/>.
/// </summary>
internal static class JobCommand
{
    public static Command Cancel() => Build(
        "cancel",
        "Stops a job within one step; nothing of it is kept but its entry.",
        async (client, id) =>
        {
            await client.CancelAsync(id);
            return await client.GetAsync(id);
        });

    public static Command Retry() =>
        Build("retry", "Takes a failed job up again from its last checkpoint.", (client, id) => client.RetryAsync(id));

    public static Command Approve() => Build(
        "approve", "Has the video made of a job whose draft waits for approval.", (client, id) => client.ApproveAsync(id));

    public static Command Reject() =>
        Build("reject", "Cancels a job whose draft waits for approval.", (client, id) => client.RejectAsync(id));

    public static Command Priority()
    {
        (Command command, Argument<string> job, Option<string?> data, Option<string?> url) =
            Skeleton("priority", "Changes the priority of a job that is not over.");
        var priority = new Argument<int>("PRIORITY")
        {
            Description = "-100 to 100; among a tenant's jobs, one more goes before jobs that are up to ten minutes older",
        };
        command.Arguments.Add(priority);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(job), parsed.GetValue(data), parsed.GetValue(url),
            (client, id) => client.SetPriorityAsync(id, parsed.GetValue(priority), cancellationToken), cancellationToken));
        return command;
    }

    public static Command Delete()
    {
        (Command command, Argument<string> job, Option<string?> data, Option<string?> url) = Skeleton(
            "delete", "Cancels a job if it is not over, and removes it with its video and everything else.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            RenderJobId id = Id(parsed.GetRequiredValue(job));
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            if (!await access.Client.DeleteAsync(id, cancellationToken)) throw NotThere(id);
            Console.WriteLine($"{id}: deleted");
            return ExitCode.Done;
        });
        return command;
    }

    internal static Command Build(string name, string description, Func<ICilClient, RenderJobId, Task<JobSnapshot?>> action)
    {
        (Command command, Argument<string> job, Option<string?> data, Option<string?> url) = Skeleton(name, description);
        command.SetAction(
            (parsed, cancellationToken) => RunAsync(
                parsed.GetRequiredValue(job), parsed.GetValue(data), parsed.GetValue(url), action, cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(
        string job, string? data, string? url, Func<ICilClient, RenderJobId, Task<JobSnapshot?>> action,
        CancellationToken cancellationToken)
    {
        RenderJobId id = Id(job);
        await using JobAccess access = await JobAccess.OpenAsync(data, url, devices: 0, cancellationToken);
        JobTable.Print([await action(access.Client, id) ?? throw NotThere(id)], DateTimeOffset.UtcNow);
        return ExitCode.Done;
    }

    internal static (Command Command, Argument<string> Job, Option<string?> Data, Option<string?> Url) Skeleton(
        string name, string description)
    {
        var job = new Argument<string>("ID") { Description = "the job's id, as 'cil jobs' lists it" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        return (new Command(name, description) { job, data, url }, job, data, url);
    }

    /// <exception cref="BadInputException">The text is no id.</exception>
    internal static RenderJobId Id(string text)
    {
        try
        {
            return new RenderJobId(text);
        }
        catch (ArgumentException)
        {
            throw new BadInputException("ID", $"expected a job's id, letters, digits, '-' and '_'; got '{text}'");
        }
    }

    internal static BadInputException NotThere(RenderJobId id) => new("ID", $"there is no job {id}");
}
