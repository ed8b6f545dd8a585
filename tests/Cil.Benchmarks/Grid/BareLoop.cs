using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Media.Clips;
using Cil.Media.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Grid;

/// <summary>The same render without a grid: one thread that conditions, denoises, decodes and encodes, one after the other.</summary>
internal sealed class BareLoop(BenchmarkModel model) : IDisposable
{
    private readonly VideoPipeline pipeline = ModelFolder.Load(model.Folder, DeviceCatalog.TryFind(null, out _)!);

    /// <summary>The video file's bytes.</summary>
    internal byte[] Render(byte[] picture, string prompt, ulong seed, PlannerOptions planning)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelManifest manifest = pipeline.Manifest;
        SamplingPlan plan = SamplingPlan.Default(manifest, seed) with { Steps = model.Steps };
        byte[] image = ImageDecoder.DecodeAsync(picture, plan.Width, plan.Height).GetAwaiter().GetResult();
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = image, Height = plan.Height, Width = plan.Width, Prompt = prompt,
            Fps = manifest.Defaults.Fps, Frames = plan.Frames, Seed = seed,
        });
        Tensor latents = pipeline.StartLatents(plan);
        for (int step = 0; step < plan.Steps; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            latents = pipeline.Step(latents, conditioning, plan, step).Latents.MoveToOuterDisposeScope();
        }

        using var frames = new MemoryStream();
        for (int first = 0; first < plan.Frames; first += planning.FramesPerDecode)
            frames.Write(pipeline.Decode(latents, first, Math.Min(planning.FramesPerDecode, plan.Frames - first)));
        return VideoEncoder.EncodeAsync(frames.ToArray(), plan.Width, plan.Height, manifest.Defaults.PlaybackFps, "mp4")
            .GetAwaiter()
            .GetResult();
    }

    public void Dispose() => pipeline.Dispose();
}
