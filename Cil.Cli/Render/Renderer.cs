using System.Diagnostics;
using System.Globalization;
using Cil.Cli.Jobs;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Cli.Render.Targeting;
using Cil.Client.Jobs;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Media.Processes;
using Cil.Silo.Hosting;
using Cil.Silo.Options;

namespace Cil.Cli.Render;

/// <summary>Checks what was asked for, starts the grid, follows the job, and writes the video.</summary>
internal static class Renderer
{
    private static readonly string[] InputCodes =
        [JobError.InvalidImage, JobError.InvalidModel, JobError.InvalidRequest, JobError.InvalidStatistics, JobError.StorageFailed];

    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(RenderOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        byte[] image = await ReadImageAsync(options.Image, cancellationToken);
        _ = options.Container;
        RefuseCombinations(options);
        MotionTarget? target = MotionTarget.Of(options);
        if ((options.Url ?? (options.Data is { } kept ? ServiceFile.Find(kept) : null)) is { } service)
            return await RenderAtAsync(service, options, target, image, clock, cancellationToken);
        RenderOptions given = options;
        (options, string folder) = ModelChoice.Of(given);
        folder = LoraModel.Of(options.Loras, folder);
        ModelManifest manifest = ModelLocations.Read("--model", folder);
        MotionControl? control = target is null ? null : MotionControl.Of(given, manifest, options.Start);
        if (options.Prompt is null && manifest.ReadsPrompt)
            throw new BadInputException("--prompt", $"{manifest.Name} needs one: what moves, and how");
        if (options.Prompt is not null && !manifest.ReadsPrompt)
            await Console.Error.WriteLineAsync($"{manifest.Name} reads no words: --prompt is not used");
        byte[]? statistics = await ReadStatisticsAsync(options, manifest, cancellationToken);
        string? note = AnalyticInitNote.Of(options, manifest, folder);
        if (note is not null && control is not { Name: MotionControl.Start } && AnalyticInitNote.IsAskedFor(options))
        {
            await Console.Error.WriteLineAsync(
                $"warning: {note}: nothing of the data is left there, so that sampling starts from plain noise; a lower --start makes "
                    + $"it count");
        }

        using var outputs = OutputFiles.Of(options);
        using var data = new DataFolder(options.Data);
        using var progress = RenderProgress.Start();

        await using CilHost grid = await CilHost.StartEmbeddedAsync(
            new EmbeddedOptions
            {
                DataFolder = data.Path,
                ModelFolders = [folder],
                Devices = options.Devices,
                Planning = new PlannerOptions { Precision = options.Precision, Threads = options.Threads },
                Verbose = options.Verbose,
            },
            cancellationToken);
        RenderRequest request = options.ToRequest(manifest.Name);
        if (BatchRenderer.IsAskedFor(options))
            return await BatchRenderer.RenderAsync(grid.Client, request, image, options, outputs, progress, cancellationToken);
        if (target is not null)
        {
            string? name = options.Data is null
                ? null
                : JobNumber.Of(request, image, statistics, $"{target} {control} {options.Precision}");
            return await new TargetedRenderer(grid.Client, options, target, control!, image, statistics, progress)
                .RenderAsync(request.Model, name, outputs, clock, tried => AnalyticInitNote.Of(tried, manifest, folder), cancellationToken);
        }

        RenderJobId id = await JobNumber.FreeAsync(grid.Client, options.Data is null ? null : JobNumber.Of(request, image, statistics));
        return await RenderAsync(grid.Client, id, request, image, statistics, options, outputs, progress, clock, note, cancellationToken);
    }

    private static void RefuseCombinations(RenderOptions options)
    {
        if (options.Approval && options.Url is null && options.Data is null)
            throw new BadInputException("--approval", "a draft waits in a service or a folder for its approval; give --url or --data");
        if (options.Approval && BatchRenderer.IsAskedFor(options))
            throw new BadInputException("--approval", "give it to one video, not to several");
        if (options.Count is < 1 or > BatchRequest.MostMembers)
            throw new BadInputException("--count", $"1 to {BatchRequest.MostMembers}, got {options.Count}");
        if (options.Count is not null && options.Seeds.Count > 0)
            throw new BadInputException("--count", "give either --seeds or --count, not both");
        if (options.Seed is not null && options.Seeds.Count > 0)
            throw new BadInputException("--seeds", "give either --seed or --seeds, not both");
        if (BatchRenderer.IsAskedFor(options) && options.AnalyticInit is not ("auto" or "off"))
            throw new BadInputException("--analytic-init", "several videos start from auto or off; give a file to one video");
    }

    // The service has the models, and checks the request.
    private static async Task<int> RenderAtAsync(
        string service, RenderOptions options, MotionTarget? target, byte[] image, Stopwatch clock, CancellationToken cancellationToken)
    {
        if (options.Preset is not null)
        {
            throw new BadInputException(
                "--preset", $"a service is asked for a model by its name: give --model, --start and --analytic-init to {service}");
        }

        if (options.Loras.Count > 0)
        {
            throw new BadInputException(
                "--lora",
                $"a service renders with the models that it has; render without --url, or on a folder that no service runs on, to "
                    + $"merge a LoRA ({service})");
        }

        MotionControl? control = target is null ? null : MotionControl.Of(options, ManifestHere(options, service), options.Start);
        byte[]? statistics = options.AnalyticInit is "auto" or "off" ? null : await StatisticsFileAsync(options, cancellationToken);
        using var outputs = OutputFiles.Of(options);
        using var progress = new RenderProgress();
        await using JobAccess access = await JobAccess.OpenAsync(null, service, devices: 0, cancellationToken);
        RenderRequest request = options.ToRequest(options.Model ?? ModelChoice.Standard);
        if (BatchRenderer.IsAskedFor(options))
            return await BatchRenderer.RenderAsync(access.Client, request, image, options, outputs, progress, cancellationToken);
        if (target is not null)
        {
            return await new TargetedRenderer(access.Client, options, target, control!, image, statistics, progress)
                .RenderAsync(request.Model, resumed: null, outputs, clock, note: _ => null, cancellationToken);
        }

        return await RenderAsync(
            access.Client, RenderJobId.New(), request, image, statistics, options, outputs, progress, clock, note: null, cancellationToken);
    }

    private static async Task<int> RenderAsync(
        ICilClient client, RenderJobId id, RenderRequest request, byte[] image, byte[]? statistics, RenderOptions options,
        OutputFiles outputs, RenderProgress progress, Stopwatch clock,
        string? note, CancellationToken cancellationToken)
    {
        JobSnapshot end = await FollowAsync(client, id, request, image, statistics, progress, options, cancellationToken);
        if (end.State == JobState.AwaitingApproval)
        {
            using var draft = new OutputFile("--output", options.DraftPath, options.Inputs);
            await draft.WriteAsync(await client.DownloadAsync(end.DraftBlob!, cancellationToken), cancellationToken);
            progress.Dispose();
            Console.WriteLine(
                PrintableText.Of(
                    $"{options.DraftPath}: a draft of job {id}, which goes on after 'cil approve {id}', until {end.ApproveBy:u}"));
            return ExitCode.Done;
        }

        if (end.Error is { } error) throw Failure(error, options);
        await outputs.Files[0].WriteAsync(await client.DownloadAsync(end.VideoBlob!, cancellationToken), cancellationToken);
        progress.Dispose();
        ResultLine.Print(options.OutputPath, end, clock.Elapsed, isWritten: true, note);
        return ExitCode.Done;
    }

    /// <summary>What a job's error is to the program.</summary>
    internal static Exception Failure(JobError error, RenderOptions options) => InputCodes.Contains(error.Code)
        ? new BadInputException(Field(error.Code, options), error.Message)
        : new CommandFailedException($"the job failed: {error.Message}");

    // A service does not say what a model's controls are.
    private static ModelManifest ManifestHere(RenderOptions options, string service)
    {
        string model = options.Model ?? ModelChoice.Standard;
        return ModelLocations.All().TryGetValue(model, out string? folder)
            ? ModelLocations.Read("--model", folder)
            : throw new BadInputException(
                "--target-motion",
                $"goes by the controls that model.json says, and {model}, which {service} is asked for, is not on this machine");
    }

    private static async Task<byte[]> StatisticsFileAsync(RenderOptions options, CancellationToken cancellationToken) =>
        File.Exists(options.AnalyticInit) && !NamedPipe.Is(options.AnalyticInit)
            ? await File.ReadAllBytesAsync(options.AnalyticInit, cancellationToken)
            : throw new BadInputException("--analytic-init", $"expected auto, off or a statistics file, got '{options.AnalyticInit}'");

    /// <summary>Submits a job and follows it to its end; breaking off cancels it.</summary>
    internal static async Task<JobSnapshot> FollowAsync(
        ICilClient client, RenderJobId id, RenderRequest request, byte[] image, byte[]? statistics,
        RenderProgress progress, RenderOptions options, CancellationToken cancellationToken)
    {
        try
        {
            JobSnapshot last = await client.SubmitAsync(request, image, id, statistics, cancellationToken);
            return await JobFollower.FollowAsync(client, id, progress, cancellationToken) ?? last;
        }
        catch (OperationCanceledException)
        {
            // Its own deadline, not the cancelled token: the grid is still there and must hear of it.
            await client.CancelAsync(id, CancellationToken.None);
            throw;
        }
        catch (IOException error)
        {
            throw new BadInputException(Field(JobError.StorageFailed, options), error.Message);
        }
    }

    private static async Task<byte[]> ReadImageAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (Directory.Exists(file.FullName)) throw new BadInputException("IMAGE", $"expected a picture, got the folder {file}");
        if (!file.Exists) throw new BadInputException("IMAGE", $"there is no file {file}");
        try
        {
            byte[] image = await ImageDecoder.ReadFileAsync(file.FullName, cancellationToken);
            // Decoded once before the grid is started, only to hear at once of what is wrong with it.
            await ImageDecoder.CheckAsync(image, cancellationToken);
            return image;
        }
        catch (MediaException error)
        {
            throw new BadInputException("IMAGE", $"{file}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException("IMAGE", error.Message);
        }
    }

    private static async Task<byte[]?> ReadStatisticsAsync(
        RenderOptions options, ModelManifest manifest, CancellationToken cancellationToken)
    {
        if (options.AnalyticInit is "auto" or "off") return null;
        byte[] content = await StatisticsFileAsync(options, cancellationToken);
        (int width, int height) = options.Size ?? (manifest.Width, manifest.Height);
        try
        {
            LatentStatistics.Read(options.AnalyticInit, manifest.LatentChannels)
                .Require(
                    manifest.LatentShape(Math.Min(options.Frames ?? manifest.Frames, manifest.Frames), height, width),
                    options.AnalyticInit);
        }
        catch (Exception error) when (BadInput.Explain(error) is { } message)
        {
            throw new BadInputException("--analytic-init", message);
        }

        return content;
    }

    private static string Field(string code, RenderOptions options) => code switch
    {
        JobError.InvalidImage => "IMAGE",
        JobError.InvalidModel => "--model",
        JobError.InvalidStatistics => "--analytic-init",
        JobError.StorageFailed => options.Data is null ? "temporary folder" : "--data",
        _ => "render",
    };
}
