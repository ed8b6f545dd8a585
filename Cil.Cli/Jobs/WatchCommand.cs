using System.CommandLine;
using Cil.Cli.Options;
using Cil.Cli.Render;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>`cil watch` and `cil resume`: follow a job to its end; resume brings the devices, and both can fetch the video.</summary>
internal static class WatchCommand
{
    public static Command Watch()
    {
        (Command command, Argument<string> job, Option<string?> data, Option<string?> url) = JobCommand.Skeleton(
            "watch", "Shows how far a job is, until it is over.");
        Option<string?> output = Output();
        command.Options.Add(output);
        command.SetAction((parsed, cancellationToken) => WatchAsync(
            JobCommand.Id(parsed.GetRequiredValue(job)), parsed.GetValue(data),
            parsed.GetValue(url), parsed.GetValue(output), cancellationToken));
        return command;
    }

    public static Command Resume()
    {
        var job = new Argument<string>("ID") { Description = "the job's id, as 'cil jobs' lists it" };
        var data = new Option<string>("--data") { Description = "the folder that keeps the job", Required = true };
        var model = new Option<string?>("--model")
        {
            Description =
                "the job's model: a name ('cil models' lists them) or a folder (default: the one of them that the job was begun "
                    + "with); a service has its own",
        };
        Option<int> devices = Values.Whole("--devices", "devices to use: GPUs, or parts of the processor", 1, 1, 64);
        Option<string?> output = Output();
        var command = new Command("resume", "Goes on with a job of a data folder from its last checkpoint, and follows it to its end.")
        {
            job, data, model, output, devices,
        };
        command.SetAction((parsed, cancellationToken) => ResumeAsync(
            JobCommand.Id(parsed.GetRequiredValue(job)), parsed.GetRequiredValue(data),
            parsed.GetValue(model), parsed.GetValue(devices), parsed.GetValue(output), cancellationToken));
        return command;
    }

    private static Option<string?> Output() =>
        new("--output", "-o") { Description = "where to write the video (default: it stays in storage)" };

    private static async Task<int> WatchAsync(RenderJobId id, string? data, string? url, string? path, CancellationToken cancellationToken)
    {
        await using JobAccess access = await JobAccess.OpenAsync(data, url, devices: 0, cancellationToken);
        return await EndAsync(access.Client, id, goOn: false, path, cancellationToken);
    }

    private static async Task<int> ResumeAsync(
        RenderJobId id, string data, string? model, int devices, string? path, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? models = null;
        // First a look without devices: they would begin at once, with whatever weights go by the model's name.
        await using (JobAccess look = await JobAccess.OpenAsync(data, url: null, devices: 0, cancellationToken))
        {
            JobSnapshot now = await look.Client.GetAsync(id, cancellationToken) ?? throw JobCommand.NotThere(id);
            if (!look.IsOwnGrid || now.IsFinished) return await EndAsync(look.Client, id, goOn: true, path, cancellationToken);
            // What only has to be encoded needs no model.
            if (model is not null || now.Stage != JobStage.Encoding) models = [JobModel.Find(now, model)];
        }

        await using JobAccess access = await JobAccess.OpenAsync(data, url: null, devices, cancellationToken, models);
        return await EndAsync(access.Client, id, goOn: true, path, cancellationToken);
    }

    /// <param name="goOn">Whether a paused job is unpaused.</param>
    private static async Task<int> EndAsync(ICilClient client, RenderJobId id, bool goOn, string? path, CancellationToken cancellationToken)
    {
        JobSnapshot now = await client.GetAsync(id, cancellationToken) ?? throw JobCommand.NotThere(id);
        using OutputFile? output = path is null ? null : new OutputFile("--output", path);
        if (goOn && now.State == JobState.Paused) _ = await client.UnpauseAsync(id, cancellationToken);
        JobSnapshot end = await FollowAsync(client, id, cancellationToken);
        if (end is { State: JobState.AwaitingApproval, ApproveBy: { } until })
            throw new CommandFailedException(
                $"{id}: its draft waits to be approved until {until:u}; 'cil approve {id}' has the video made");
        if (end.State != JobState.Completed)
            throw new CommandFailedException($"{id}: {end.State.ToString().ToLowerInvariant()}: {end.Error?.Message}");
        if (output is not null) await output.WriteAsync(await client.DownloadAsync(end.VideoBlob!, cancellationToken), cancellationToken);
        ResultLine.Print(path ?? id.Value, end, (end.FinishedAt - end.CreatedAt) ?? TimeSpan.Zero, isWritten: path is not null);
        return ExitCode.Done;
    }

    private static async Task<JobSnapshot> FollowAsync(ICilClient client, RenderJobId id, CancellationToken cancellationToken)
    {
        using var progress = new RenderProgress();
        return await JobFollower.FollowAsync(client, id, progress, cancellationToken) ?? throw JobCommand.NotThere(id);
    }
}
