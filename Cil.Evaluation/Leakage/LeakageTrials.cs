using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Randomness;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Leakage;

/// <summary>
/// Measures conditional image leakage of any model: what its network predicts of clips that were noised as in training, with their own
/// conditional image and with another clip's. One pass of the network each, without guidance.
/// </summary>
public static class LeakageTrials
{
    /// <summary>Times, or noise levels for Stable Video Diffusion, that a curve is drawn through.</summary>
    public static IReadOnlyList<int> Starts(ModelManifest manifest) =>
        manifest.Family == FamilyName.StableVideoDiffusion ? [1, 3, 10, 30, 100, 300, 700] : [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 940, 1000];

    /// <summary>One point for each M, over all clips.</summary>
    /// <param name="clips">At least two: each is also predicted with the next one's image.</param>
    /// <exception cref="ArgumentException">There are fewer than two clips, or none of them moves.</exception>
    public static IEnumerable<LeakagePoint> Run(VideoPipeline pipeline, IReadOnlyList<LeakageClip> clips, IReadOnlyList<int> starts, ulong seed)
    {
        if (clips.Count < 2) throw new ArgumentException($"clips: expected at least 2, got {clips.Count}", nameof(clips));
        return starts.Select(start => Measure(pipeline, clips, start, seed));
    }

    private static LeakagePoint Measure(VideoPipeline pipeline, IReadOnlyList<LeakageClip> clips, int start, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        ModelManifest manifest = pipeline.Manifest;
        (double signal, double noise) = manifest.Marginal(start);
        SamplingPlan plan = SamplingPlan.Default(manifest, seed) with { Steps = 1, Start = start, GuidanceScale = 1, Spacing = TimestepSpacing.UniformTrailing };
        double along = 0, motion = 0, changed = 0, exchanged = 0;
        for (int i = 0; i < clips.Count; i++)
        {
            using DisposeScope turn = NewDisposeScope();
            (Tensor clean, Tensor other) = (Encode(i), Encode((i + 1) % clips.Count)); // (1, C, T, h, w)
            (Tensor still, Tensor otherStill) = (clean.narrow(2, 0, 1).expand(clean.shape), other.narrow(2, 0, 1).expand(clean.shape));
            Tensor drawn = CounterNoise.Draw(seed, i, NoisePurpose.Start, start, clean.shape).to(pipeline.Device);
            Tensor noisy = (clean * signal) + (drawn * noise);
            (Tensor own, Tensor foreign) = (Predict(noisy, i, i), Predict(noisy, i, (i + 1) % clips.Count));
            along += ((own - still) * (clean - still)).sum().ToDouble();
            motion += (clean - still).square().sum().ToDouble();
            changed += (own - foreign).square().sum().ToDouble();
            exchanged += (still - otherStill).square().sum().ToDouble();
        }

        if (motion == 0 || exchanged == 0) throw new ArgumentException($"clips: expected some that move and begin otherwise, got {clips.Count} that {(motion == 0 ? "stand still" : "begin alike")}", nameof(clips));
        return new LeakagePoint(start, 2 * Math.Log(signal / noise), along / motion, Math.Sqrt(changed / exchanged));

        Tensor Encode(int clip) => pipeline.EncodeClip(clips[clip].Frames, manifest.Frames, manifest.Height, manifest.Width, seed, clip).unsqueeze(0).to(pipeline.Device);

        Tensor Predict(Tensor noisy, int clip, int image)
        {
            using Conditioning conditioning = pipeline.Encode(new ConditioningInput
            {
                Image = clips[image].Frames[..(manifest.Height * manifest.Width * 3)],
                Height = manifest.Height,
                Width = manifest.Width,
                Prompt = clips[clip].Caption,
                Fps = manifest.Defaults.Fps,
                Frames = manifest.Frames,
                Seed = seed,
            });
            return pipeline.Step(noisy, conditioning, plan, 0).PredictedX0;
        }
    }
}
