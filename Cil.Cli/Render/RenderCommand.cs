using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Cli.Render.Targeting;
using Cil.Client.Contracts;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>`cil render`: an image in, a video out, through the grid embedded in this process.</summary>
internal static class RenderCommand
{
    private const string Automatic = "auto";

    public static Command Build()
    {
        var image = new Argument<FileInfo>("IMAGE")
        {
            Description =
                "the still image: PNG, JPEG, WebP, GIF, TIFF, AVIF and more; scaled so that it covers the video's size and cropped "
                    + "in the middle",
        };
        var prompt = new Option<string>("--prompt", "-p") { Description = "what moves, and how; models that read no words do without" };
        Option<string> negative = Values.Text("--negative-prompt", "what the video should not look like", "");
        var output = new Option<string?>("--output", "-o")
        {
            Description = "the video: .mp4, .webp or .gif (default: the image's name with .mp4, in this folder)",
        };
        var model = new Option<string?>("--model")
        {
            Description = "a model's name ('cil models' lists them) or its folder (default: cil-tiny, or the preset's)",
        };
        var preset = new Option<string?>("--preset")
        {
            Description =
                "a line of the CIL paper's table, such as dynamicrafter-cil: its weights, M and Analytic-Init ('cil models' lists them)",
        };
        var lora = new Option<string[]>("--lora")
        {
            Description = "a LoRA to merge into the model, FILE or FILE=WEIGHT (default weight: 1); may be given several times",
            DefaultValueFactory = _ => [],
        };
        Option<int?> frames = Values.Whole(
            "--frames", "frames of the video, up to 1024 (default: all that the model makes at once; more are made in windows)");
        Option<string> join = Values.Text(
            "--join",
            "how windows become one video: continue (each begins with the last frame of the one before) or overlap (all are denoised "
                + "together, on several devices at once)",
            "continue");
        Option<int?> overlap = Values.Whole(
            "--overlap", "frames that overlapping windows share; more are smoother and slower (default: a quarter of a window)");
        Option<(int Width, int Height)?> size = Values.Size(
            "--size", "pixels of the video, such as 64x64 (default: as the model was trained)");
        Option<int?> fps = Values.Whole("--fps", "frames a second of the video file (default: the model's)");
        Option<int?> steps = Values.Whole("--steps", "denoising steps; more are slower (default: the model's)");
        Option<double?> guidance = Values.Number(
            "--guidance", "how strongly prompt and image count; 1 switches guidance off and takes half the time (default: the model's)");
        Option<int?> fpsCondition = Values.Whole(
            "--fps-condition",
            "frames a second, or the stride, that the network is told; fewer frames ask for more motion (default: the model's)");
        Option<double?> bucket = Values.Number(
            "--motion-bucket", "Stable Video Diffusion: how much motion it is told to make, 1 to 255 (default: the model's)");
        Option<double?> imageGuidance = Values.Number(
            "--image-guidance",
            "how strongly the image counts by itself, beside --guidance for the prompt; takes a third pass (default: guided "
                + "together; not for Stable Video Diffusion)");
        Option<double?> augmentation = Values.Number(
            "--noise-augmentation",
            "Stable Video Diffusion: noise on the image that it is told, 0 to 10; more leaves the image less say (default: the model's)");
        Option<double?> motion = Values.Number(
            "--motion",
            "low-pass guidance, above 0 to 1: in the first steps the network is told the image without its fine detail, for more motion "
                + "(default: none)");
        Option<double?> motionShare = Values.Number(
            "--motion-share", "the share of the steps that --motion is for, above 0 to 1 (default: 0.2)");
        Option<double?> targetMotion = Values.Number(
            "--target-motion",
            "the motion that the video is to have, in pixels a frame as the result says it: videos of one seed are rendered with "
                + "different values of one control until one has it; the nearest is written");
        var targetControl = new Option<string?>("--target-control")
        {
            Description =
                "the control that is searched for it: start, fps-condition or motion-bucket (default: motion-bucket for Stable Video "
                    + "Diffusion; fps-condition, or start where the model is told none)",
        };
        Option<double?> targetTolerance = Values.Number(
            "--target-tolerance",
            string.Create(
                CultureInfo.InvariantCulture,
                $"the part of the target that the motion may be off, above 0 and below 1 (default: {MotionTarget.StandardTolerance})"));
        Option<int?> tries = Values.Whole(
            "--tries",
            string.Create(
                CultureInfo.InvariantCulture, $"the most videos that are rendered for it (default: {MotionTarget.StandardTries})"));
        Option<string> quality = Values.Text(
            "--quality", "full, or fast: sooner done, and another video than the full one, near it (docs/benchmarks.md)", "full");
        var split = new Option<bool>("--split-guidance")
        {
            Description = "let the two halves of guidance run on two devices: the same bytes",
        };
        Option<ulong?> seed = Values.Seed("the same seed and options give the same bytes (default: drawn, and named in the result)");
        Option<int?> count = Values.Whole(
            "--count", "so many videos with seeds in sequence, written as NAME-1.mp4 and so on (at most 256)");
        var seeds = new Option<string?>("--seeds")
        {
            Description = "a video for each of these seeds, such as 1,2,3; written as NAME-1.mp4 and so on",
        };
        Option<string?> start = Values.WholeOr(
            "--start", Automatic,
            "M: the time 1 to 1000 where sampling starts, for Stable Video Diffusion the noise level; lower leans less on the "
                + "image's stillness; auto goes by the model's leakage, where it was measured (default: the model's)");
        Option<string> analyticInit = Values.Text(
            "--analytic-init",
            "where the starting noise comes from: auto (the model's statistics where they fit), off, or a statistics file",
            "auto");
        Option<int> devices = Values.Whole("--devices", "devices to use: GPUs, or parts of the processor", 1, 1, 64);
        Option<int> threads = Values.Whole(
            "--threads", "threads of each device that is a processor; the bytes depend on it", Environment.ProcessorCount, 1, 1024);
        Option<string> precision = Values.Text(
            "--precision", $"{Precision.Choices} (faster where the processor or GPU has it)", Precision.Float32.ToString());
        var data = new Option<string?>("--data")
        {
            Description = "a folder that keeps jobs: the same command goes on where a killed one stopped (default: none is kept)",
        };
        var url = new Option<string?>("--url")
        {
            Description =
                "render at this running service instead, such as http://127.0.0.1:8300; also done for a --data folder that a service "
                    + "runs on",
        };
        Option<string> tenant = Values.Text("--tenant", "whose job it is, where tenants share a service", "default");
        Option<int> priority = Values.Whole(
            "--priority", "-100 to 100; among a tenant's jobs, one more goes before jobs that are up to ten minutes older", 0, -100, 100);
        Option<int?> within = Values.Whole("--within", "minutes after which a job that is not done fails (default: never)");
        var approval = new Option<bool>("--approval")
        {
            Description = "make a draft of few steps first, NAME-draft.mp4; 'cil approve ID' has the video made (with --url or --data)",
        };
        Option<int?> draftSteps = Values.Whole("--draft-steps", "denoising steps of the draft (default: a quarter of the video's)");
        var after = new Option<string?>("--after")
        {
            Description = "ids of jobs with ',' between: this one begins when all of them are completed",
        };
        var verbose = new Option<bool>("--verbose") { Description = "show the grid's log" };
        var command = new Command("render", "Makes a video from an image and a prompt.")
        {
            image, prompt, output, negative, model, preset, lora, frames, join, overlap, size, fps, steps, guidance,
            fpsCondition, bucket, imageGuidance, augmentation, motion, motionShare, targetMotion, targetControl, targetTolerance, tries,
            quality, split, seed, count, seeds,
            start, analyticInit, devices, threads, precision, data, url, tenant, priority, within, approval, draftSteps, after, verbose,
        };
        command.SetAction((parsed, cancellationToken) => Renderer.RunAsync(
            new RenderOptions
            {
                Image = parsed.GetRequiredValue(image),
                Prompt = parsed.GetValue(prompt),
                NegativePrompt = parsed.GetRequiredValue(negative),
                Output = parsed.GetValue(output),
                Model = parsed.GetValue(model),
                Preset = parsed.GetValue(preset),
                Loras = parsed.GetRequiredValue(lora),
                Frames = parsed.GetValue(frames),
                Join = Joining(parsed.GetRequiredValue(join)),
                Overlap = parsed.GetValue(overlap),
                SplitGuidance = parsed.GetValue(split),
                Size = parsed.GetValue(size),
                Fps = parsed.GetValue(fps),
                Steps = parsed.GetValue(steps),
                Guidance = parsed.GetValue(guidance),
                FpsCondition = parsed.GetValue(fpsCondition),
                MotionBucket = parsed.GetValue(bucket),
                ImageGuidance = parsed.GetValue(imageGuidance),
                NoiseAugmentation = parsed.GetValue(augmentation),
                Motion = parsed.GetValue(motion),
                MotionShare = parsed.GetValue(motionShare),
                TargetMotion = parsed.GetValue(targetMotion),
                TargetControl = parsed.GetValue(targetControl),
                TargetTolerance = parsed.GetValue(targetTolerance),
                Tries = parsed.GetValue(tries),
                Quality = QualityOf(parsed.GetRequiredValue(quality)),
                Seed = parsed.GetValue(seed),
                Count = parsed.GetValue(count),
                Seeds = SeedList(parsed.GetValue(seeds)),
                Start = parsed.GetValue(start) is { } m && m != Automatic ? int.Parse(m, CultureInfo.InvariantCulture) : null,
                AutomaticStart = parsed.GetValue(start) == Automatic,
                AnalyticInit = parsed.GetRequiredValue(analyticInit),
                Devices = parsed.GetValue(devices),
                Threads = parsed.GetValue(threads),
                Precision = PrecisionOf(parsed.GetRequiredValue(precision)),
                Data = parsed.GetValue(data),
                Url = parsed.GetValue(url),
                Tenant = parsed.GetRequiredValue(tenant),
                Priority = parsed.GetValue(priority),
                Within = parsed.GetValue(within),
                Approval = parsed.GetValue(approval),
                DraftSteps = parsed.GetValue(draftSteps),
                After = parsed.GetValue(after),
                Verbose = parsed.GetValue(verbose),
            },
            cancellationToken));
        return command;
    }

    private static Precision PrecisionOf(string choice)
    {
        try
        {
            return Precision.Parse(choice);
        }
        catch (FormatException error)
        {
            throw new BadInputException("--precision", error.Message);
        }
    }

    private static IReadOnlyList<ulong> SeedList(string? text) => text is null
        ? []
        : BatchFields.ReadSeeds(text)
            ?? throw new BadInputException("--seeds", $"expected whole numbers with ',' between, such as 1,2,3; got '{text}'");

    private static RenderQuality QualityOf(string choice) => choice switch
    {
        "full" => RenderQuality.Full,
        "fast" => RenderQuality.Fast,
        _ => throw new BadInputException("--quality", $"expected full or fast, got '{choice}'"),
    };

    private static WindowMode Joining(string choice) => choice switch
    {
        "continue" => WindowMode.Continue,
        "overlap" => WindowMode.Overlap,
        _ => throw new BadInputException("--join", $"expected continue or overlap, got '{choice}'"),
    };
}
