using System.Globalization;
using System.Text.Json;
using Cil.Benchmarks.Measuring;
using Cil.Benchmarks.Networks;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Media.Images;
using Cil.Media.Motion;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Grid;

/// <summary>
/// `--quality fast`: what steps through the first and last blocks cost in mid-size networks, and what becomes of the shipped model's
/// videos when every second, third or fourth step goes through the whole network.
/// </summary>
internal static class FastQuality
{
    private static readonly float[] Conditions = [6, 127, 0.02f];

    private static readonly (string Image, string Prompt)[] Renders =
    [
        ("tangerine", "a tangerine moving to the left"), ("coin", "a coin moving to the left"), ("sun", "a sun with face moving up"),
        ("leopard", "a leopard going down"), ("puzzle-piece", "a jigsaw puzzle piece moving up"), ("panda", "a panda face growing"),
    ];

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        using IDisposable noGradient = no_grad();
        Passes(options);
        Videos(options);
        return Task.FromResult(true);
    }

    private static void Passes(BenchmarkOptions options)
    {
        const long Frames = 14, Size = 32, Width = 1024, Tokens = 77 + (16 * Frames);
        using DisposeScope scope = NewDisposeScope();
        using var weights = new RandomWeights(float32);
        NetworkCase Named(string name) => NetworkCase.All.Single(network => network.Name == name);
        var crafter = new VideoUNet(
            JsonSerializer.Deserialize<UNetConfig>(Named("dynamicrafter-unet").Parameters().GetProperty("params"))!,
            WeightScope.Root(weights));
        var svd = new SvdUNet(SvdUNetConfig.Read(Named("svd-unet").Parameters()), WeightScope.Root(weights));
        Tensor x = randn([1, 8, Frames, Size, Size]), context = randn([1, Tokens, Width]), time = full([1], 500, int64);
        Tensor sample = x.transpose(1, 2).contiguous(), token = randn([1, 1, Width]), conditions = tensor(Conditions, [1, 3]);
        Pass("DynamiCrafter's U-Net, 71 million", options, deep => crafter.Forward(x, time, context, deep: deep));
        Pass("Stable Video Diffusion's, 70 million", options, deep => svd.Forward(sample, full([1], 1.2f), token, conditions, deep: deep));
    }

    private static void Pass(string name, BenchmarkOptions options, Func<DeepFeature, Tensor> forward)
    {
        using var deep = new DeepFeature();
        (Samples whole, Samples shallow) = (new Samples("the whole network"), new Samples("first and last blocks"));
        for (int run = -1; run < options.Runs; run++)
        {
            foreach (Samples samples in (Samples[])[whole, shallow])
            {
                deep.IsReused = samples == shallow;
                using DisposeScope scope = NewDisposeScope();
                if (run < 0) _ = forward(deep);
                else samples.Time(() => forward(deep));
            }
        }

        double share = shallow.Median / whole.Median;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: whole {whole.Median:F3} s, between {shallow.Median:F3} s, {share:F2} of it; a render's steps take ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{(1 + share) / 2:F2}, {(1 + (2 * share)) / 3:F2}, {(1 + (3 * share)) / 4:F2} with a whole one of 2, 3, 4"));
    }

    private static void Videos(BenchmarkOptions options)
    {
        using var model = new BenchmarkModel(options);
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, DeviceCatalog.TryFind(null, out _)!);
        string samples = Path.Combine(Path.GetDirectoryName(model.Folder.TrimEnd('/'))!, "..", "samples");
        var seconds = new Dictionary<int, Samples>();
        var rows = new Dictionary<int, List<(double Psnr, double Motion, double Flicker)>>();
        foreach ((string image, string prompt) in Renders)
        {
            byte[] picture = File.ReadAllBytes(Path.Combine(samples, image + ".png"));
            byte[]? full = null;
            // The full one twice: the first compiles what the others run.
            foreach (int interval in (int[])[1, 1, 2, 3, 4])
            {
                var timed = new Samples("");
                byte[] frames = [];
                timed.Time(() => frames = Render(pipeline, picture, prompt, interval, model.Steps));
                full ??= frames;
                MotionMeter motion = MotionMeter.Measure(frames, pipeline.Manifest.Width, pipeline.Manifest.Height);
                if (!seconds.TryAdd(interval, timed)) seconds[interval].Add(timed.Median);
                rows.TryAdd(interval, []);
                rows[interval].Add((Psnr(full, frames), motion.Flow, motion.Flicker));
            }
        }

        foreach ((int interval, List<(double Psnr, double Motion, double Flicker)> row) in rows)
        {
            string psnr = interval == 1
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $", {row.Average(one => one.Psnr):F1} dB from the full one ({row.Min(one => one.Psnr):F1} least)");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {pipeline.Manifest.Name}, a whole step of {interval}: {seconds[interval].Median:F2} s a video, ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"motion {row.Average(one => one.Motion):F3}, flicker {row.Average(one => one.Flicker):F2}{psnr}"));
        }
    }

    private static byte[] Render(VideoPipeline pipeline, byte[] picture, string prompt, int interval, int steps)
    {
        using DisposeScope scope = NewDisposeScope();
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 1) with { Steps = steps };
        byte[] image = ImageDecoder.DecodeAsync(picture, plan.Width, plan.Height).GetAwaiter().GetResult();
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = image, Height = plan.Height, Width = plan.Width, Prompt = prompt,
            Fps = pipeline.Manifest.Defaults.Fps, Frames = plan.Frames, Seed = 1,
        });
        using var deep = new DeepFeatures(interval);
        Tensor latents = pipeline.StartLatents(plan);
        for (int step = 0; step < plan.Steps; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            latents = pipeline.Step(latents, conditioning, plan, step, deep).Latents.MoveToOuterDisposeScope();
        }

        return pipeline.Decode(latents, 0, plan.Frames);
    }

    private static double Psnr(byte[] one, byte[] other)
    {
        double sum = one.Zip(other, (a, b) => (double)(a - b) * (a - b)).Sum() / one.Length;
        return sum == 0 ? double.PositiveInfinity : 10 * Math.Log10(255.0 * 255.0 / sum);
    }
}
