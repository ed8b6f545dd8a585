using System.CommandLine;
using Cil.Cli.Options;
using Cil.Cli.Render;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>`cil watch` and `cil resume`: follow a job to its end; resume brings the devices, and both can fetch the video.</summary>
public static class WatchCommand
{
    public static Command Watch()
    {
        (Command command, Argument<string> job, Option<string?> data, Option<string?> url) = JobCommand.Skeleton("watch", "Shows how far a job is, until it is over.");
        Option<string?> output = Output();
        command.Options.Add(output);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(job), parsed.GetValue(data), parsed.GetValue(url), devices: 0, parsed.GetValue(output), cancellationToken));
        return command;
    }

    public static Command Resume()
    {
        var job = new Argument<string>("ID") { Description = "the job's id, as 'cil jobs' lists it" };
        var data = new Option<string>("--data") { Description = "the folder that keeps the job", Required = true };
        Option<int> devices = Values.Whole("--devices", "devices to use: GPUs, or parts of the processor", 1, 1, 64);
        Option<string?> output = Output();
        var command = new Command("resume", "Goes on with a job of a data folder from its last checkpoint, and follows it to its end.") { job, data, output, devices };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(job), parsed.GetRequiredValue(data), null, parsed.GetValue(devices), parsed.GetValue(output), cancellationToken));
        return command;
    }

    private static Option<string?> Output() => new("--output", "-o") { Description = "where to write the video (default: it stays in storage)" };

    private static async Task<int> RunAsync(string job, string? data, string? url, int devices, string? path, CancellationToken cancellationToken)
    {
        RenderJobId id = JobCommand.Id(job);
        await using JobAccess access = await JobAccess.OpenAsync(data, url, devices, cancellationToken);
        JobSnapshot now = await access.Client.GetAsync(id) ?? throw JobCommand.NotThere(id);
        using OutputFile? output = path is null ? null : new OutputFile("--output", path);
        if (devices > 0 && now.State == JobState.Paused) _ = await access.Client.UnpauseAsync(id);
        JobSnapshot end = await FollowAsync(access.Client, id, cancellationToken);
        if (end.State != JobState.Completed) throw new CommandFailedException($"{id}: {end.State.ToString().ToLowerInvariant()}: {end.Error?.Message}");
        if (output is not null) await output.WriteAsync(await access.Client.DownloadAsync(end.VideoBlob!, cancellationToken), cancellationToken);
        Console.WriteLine(ResultLine.Of(path ?? id.Value, end, (end.FinishedAt - end.CreatedAt) ?? TimeSpan.Zero));
        return ExitCode.Done;
    }

    private static async Task<JobSnapshot> FollowAsync(ICilClient client, RenderJobId id, CancellationToken cancellationToken)
    {
        using var progress = new RenderProgress();
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, cancellationToken)) progress.Show(last = snapshot);
        return last ?? throw JobCommand.NotThere(id);
    }
}
