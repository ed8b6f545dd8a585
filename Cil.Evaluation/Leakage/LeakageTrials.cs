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
        manifest.Family == FamilyName.StableVideoDiffusion
            ? [1, 3, 10, 30, 100, 300, 700]
            : [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 940, 1000];

    /// <summary>One point for each M, over all clips.</summary>
    /// <param name="clips">At least two: each is also predicted with the next one's image.</param>
    /// <param name="progress">Called when a clip is done.</param>
    /// <exception cref="ArgumentException">There are fewer than two clips, or none of them moves.</exception>
    public static IReadOnlyList<LeakagePoint> Run(
        VideoPipeline pipeline, IReadOnlyList<LeakageClip> clips, IReadOnlyList<int> starts,
        ulong seed, Action? progress = null, CancellationToken cancellationToken = default)
    {
        if (clips.Count < 2) throw new ArgumentException($"clips: expected at least 2, got {clips.Count}", nameof(clips));
        var sums = new Sums[starts.Count, clips.Count];
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor following = Encode(pipeline, clips, 0, seed), first = following;
        for (int i = 0; i < clips.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (Tensor clean, int next) = (following, (i + 1) % clips.Count);
            following = next == 0 ? first : Encode(pipeline, clips, next, seed);
            using Conditioning own = Condition(pipeline, clips, i, i, seed), foreign = Condition(pipeline, clips, i, next, seed);
            for (int at = 0; at < starts.Count; at++) sums[at, i] = Measure(pipeline, clean, following, own, foreign, starts[at], seed, i);
            if (i > 0) clean.Dispose();
            progress?.Invoke();
        }

        return [.. starts.Select(
            (start, at) => Point(pipeline.Manifest, start, [.. Enumerable.Range(0, clips.Count).Select(i => sums[at, i])]))];
    }

    private static LeakagePoint Point(ModelManifest manifest, int start, Sums[] clips)
    {
        double motion = clips.Sum(clip => clip.Motion), exchanged = clips.Sum(clip => clip.Exchanged);
        if (motion == 0 || exchanged == 0)
        {
            throw new ArgumentException(
                $"clips: expected some that move and begin otherwise, got {clips.Length} that "
                    + $"{(motion == 0 ? "stand still" : "begin alike")}",
                nameof(clips));
        }

        (double signal, double noise) = manifest.Marginal(start);
        return new LeakagePoint(
            start, 2 * Math.Log(signal / noise), clips.Sum(clip => clip.Along) / motion,
            Math.Sqrt(clips.Sum(clip => clip.Changed) / exchanged))
        {
            Clips = [.. clips.Select(clip => (clip.Along, clip.Motion))],
        };
    }

    // clean and other: (1, C, T, h, w)
    private static Sums Measure(
        VideoPipeline pipeline, Tensor clean, Tensor other, Conditioning own, Conditioning foreign, int start, ulong seed, int clip)
    {
        using DisposeScope scope = NewDisposeScope();
        (double signal, double noise) = pipeline.Manifest.Marginal(start);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, seed) with
        {
            Steps = 1,
            Start = start,
            GuidanceScale = 1,
            Spacing = TimestepSpacing.UniformTrailing,
        };
        (Tensor still, Tensor otherStill) = (clean.narrow(2, 0, 1).expand(clean.shape), other.narrow(2, 0, 1).expand(clean.shape));
        Tensor noisy =
            (clean * signal) + (CounterNoise.Draw(seed, clip, NoisePurpose.Start, start, clean.shape).to(pipeline.Device) * noise);
        (Tensor predicted, Tensor withOther) =
            (pipeline.Step(noisy, own, plan, 0).PredictedX0, pipeline.Step(noisy, foreign, plan, 0).PredictedX0);
        return new Sums(
            ((predicted - still) * (clean - still)).sum().ToDouble(),
            (clean - still).square().sum().ToDouble(),
            (predicted - withOther).square().sum().ToDouble(),
            (still - otherStill).square().sum().ToDouble());
    }

    private static Tensor Encode(VideoPipeline pipeline, IReadOnlyList<LeakageClip> clips, int clip, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelManifest manifest = pipeline.Manifest;
        return pipeline.EncodeClip(clips[clip].Frames, manifest.Frames, manifest.Height, manifest.Width, seed, clip)
            .unsqueeze(0)
            .to(pipeline.Device)
            .MoveToOuterDisposeScope();
    }

    private static Conditioning Condition(VideoPipeline pipeline, IReadOnlyList<LeakageClip> clips, int clip, int image, ulong seed)
    {
        ModelManifest manifest = pipeline.Manifest;
        return pipeline.Encode(new ConditioningInput
        {
            Image = clips[image].Frames[..(manifest.Height * manifest.Width * 3)],
            Height = manifest.Height,
            Width = manifest.Width,
            Prompt = clips[clip].Caption,
            Fps = manifest.Defaults.Fps,
            Frames = manifest.Frames,
            Seed = seed,
        });
    }

    private readonly record struct Sums(double Along, double Motion, double Changed, double Exchanged);
}
