using System.CommandLine;
using Cil.Cli.Options;
using Cil.Interfaces.Chunks;

namespace Cil.Cli.Render;

/// <summary>`cil render`: an image in, a video out, through the grid embedded in this process.</summary>
public static class RenderCommand
{
    public static Command Build()
    {
        var image = new Argument<FileInfo>("IMAGE") { Description = "the still image: PNG, JPEG, WebP, GIF, TIFF, AVIF and more; scaled so that it covers the video's size and cropped in the middle" };
        var prompt = new Option<string>("--prompt", "-p") { Description = "what moves, and how; models that read no words do without" };
        Option<string> negative = Values.Text("--negative-prompt", "what the video should not look like", "");
        var output = new Option<string?>("--output", "-o") { Description = "the video: .mp4, .webp or .gif (default: the image's name with .mp4, in this folder)" };
        var model = new Option<string?>("--model") { Description = "a model's name ('cil models' lists them) or its folder (default: cil-tiny, or the preset's)" };
        var preset = new Option<string?>("--preset") { Description = "a line of the CIL paper's table, such as dynamicrafter-cil: its weights, M and Analytic-Init ('cil models' lists them)" };
        Option<int?> frames = Values.Whole("--frames", "frames of the video, up to 1024 (default: all that the model makes at once; more are made in windows)");
        Option<string> join = Values.Text("--join", "how windows become one video: continue (each begins with the last frame of the one before) or overlap (all are denoised together, on several devices at once)", "continue");
        Option<int?> overlap = Values.Whole("--overlap", "frames that overlapping windows share; more are smoother and slower (default: a quarter of a window)");
        Option<(int Width, int Height)?> size = Values.Size("--size", "pixels of the video, such as 64x64 (default: as the model was trained)");
        Option<int?> fps = Values.Whole("--fps", "frames a second of the video file (default: the model's)");
        Option<int?> steps = Values.Whole("--steps", "denoising steps; more are slower (default: the model's)");
        Option<double?> guidance = Values.Number("--guidance", "how strongly prompt and image count; 1 switches guidance off and takes half the time (default: the model's)");
        var split = new Option<bool>("--split-guidance") { Description = "let the two halves of guidance run on two devices: the same bytes" };
        Option<ulong?> seed = Values.Seed("the same seed and options give the same bytes (default: drawn, and named in the result)");
        Option<int?> start = Values.Whole("--start", "M: the time 1 to 1000 where sampling starts, for Stable Video Diffusion the noise level; lower leans less on the image's stillness (default: the model's)");
        Option<string> analyticInit = Values.Text("--analytic-init", "where the starting noise comes from: auto (the model's statistics where they fit), off, or a statistics file", "auto");
        Option<int> devices = Values.Whole("--devices", "devices to use: GPUs, or parts of the processor", 1, 1, 64);
        Option<int> threads = Values.Whole("--threads", "threads of each device that is a processor; the bytes depend on it", Environment.ProcessorCount, 1, 1024);
        Option<string> precision = Values.Text("--precision", "float32 or bfloat16 (faster where the processor or GPU has it)", "float32");
        var data = new Option<string?>("--data") { Description = "a folder that keeps jobs: the same command goes on where a killed one stopped (default: none is kept)" };
        var url = new Option<string?>("--url") { Description = "render at this running service instead, such as http://127.0.0.1:8300; also done for a --data folder that a service runs on" };
        Option<string> tenant = Values.Text("--tenant", "whose job it is, where tenants share a service", "default");
        Option<int> priority = Values.Whole("--priority", "-100 to 100; among a tenant's jobs, one more goes before jobs that are up to ten minutes older", 0, -100, 100);
        Option<int?> within = Values.Whole("--within", "minutes after which a job that is not done fails (default: never)");
        var verbose = new Option<bool>("--verbose") { Description = "show the grid's log" };
        var command = new Command("render", "Makes a video from an image and a prompt.")
        {
            image, prompt, output, negative, model, preset, frames, join, overlap, size, fps, steps, guidance, split, seed, start, analyticInit, devices, threads, precision, data, url, tenant, priority, within, verbose,
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
                Frames = parsed.GetValue(frames),
                Join = Joining(parsed.GetRequiredValue(join)),
                Overlap = parsed.GetValue(overlap),
                SplitGuidance = parsed.GetValue(split),
                Size = parsed.GetValue(size),
                Fps = parsed.GetValue(fps),
                Steps = parsed.GetValue(steps),
                Guidance = parsed.GetValue(guidance),
                Seed = parsed.GetValue(seed),
                Start = parsed.GetValue(start),
                AnalyticInit = parsed.GetRequiredValue(analyticInit),
                Devices = parsed.GetValue(devices),
                Threads = parsed.GetValue(threads),
                Precision = parsed.GetRequiredValue(precision),
                Data = parsed.GetValue(data),
                Url = parsed.GetValue(url),
                Tenant = parsed.GetRequiredValue(tenant),
                Priority = parsed.GetValue(priority),
                Within = parsed.GetValue(within),
                Verbose = parsed.GetValue(verbose),
            },
            cancellationToken));
        return command;
    }

    private static WindowMode Joining(string choice) => choice switch
    {
        "continue" => WindowMode.Continue,
        "overlap" => WindowMode.Overlap,
        _ => throw new BadInputException("--join", $"expected continue or overlap, got '{choice}'"),
    };
}
