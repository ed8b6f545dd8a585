using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Interfaces.Chunks;

namespace Cil.Rendering.Chunks;

/// <summary>What a job's plan means for one of its windows.</summary>
internal static class WindowSampling
{
    internal static ConditioningInput Conditioning(VideoPipeline pipeline, ChunkLease.Render lease, byte[] image)
    {
        RenderPlan plan = lease.Plan;
        return new ConditioningInput
        {
            Image = image,
            Height = plan.Height,
            Width = plan.Width,
            Prompt = plan.Prompt,
            NegativePrompt = plan.NegativePrompt,
            Fps = plan.FpsCondition ?? pipeline.Manifest.Defaults.Fps,
            MotionBucket = plan.MotionBucket,
            NoiseAugmentation = plan.NoiseAugmentation,
            LowPassStrength = plan.Motion,
            Frames = WindowPlanner.Of(plan, lease.Chunk.Window).Count,
            Seed = plan.Seed,
            Window = Number(lease),
        };
    }

    /// <param name="statistics">The job's, of a whole window; null without, and where sampling has begun.</param>
    /// <exception cref="ArgumentException">The sampler takes another number of steps than the plan has.</exception>
    internal static SamplingPlan Plan(VideoPipeline pipeline, ChunkLease.Render lease, LatentStatistics? statistics)
    {
        RenderPlan plan = lease.Plan;
        FrameWindow window = WindowPlanner.Of(plan, lease.Chunk.Window);
        bool overlaps = WindowPlanner.Overlaps(plan);
        SamplingPlan sampling = SamplingPlan.Default(pipeline.Manifest, plan.Seed) with
        {
            Steps = plan.SamplerSteps ?? plan.Steps,
            GuidanceScale = plan.Guidance,
            ImageGuidanceScale = plan.ImageGuidance,
            LowPass = plan.Motion is { } strength
                ? new LowPassGuidance(strength, plan.MotionShare ?? LowPassGuidance.PublishedShare)
                : null,
            Start = plan.Start,
            Window = Number(lease),
            Place = overlaps ? new WindowPlace(window.First, plan.Frames) : null,
            Frames = window.Count,
            Height = plan.Height,
            Width = plan.Width,
            BatchGuidance = plan.BatchGuidance,
            Statistics = overlaps && statistics is not null ? Blend(lease).Blend(statistics)
                : plan.Windows.Count > 1 && statistics?.Shape[1] > window.Count ? statistics.FirstFrames(window.Count)
                : statistics,
        };
        if (pipeline.StepCount(sampling) is var count && count != plan.Steps)
            throw new ArgumentException($"steps: the plan has {plan.Steps}, the sampler takes {count}", nameof(lease));
        return sampling;
    }

    internal static WindowBlend Blend(ChunkLease.Render lease) =>
        new([.. lease.Plan.Windows.Select(window => new FrameRange(window.First, window.Count))], lease.Chunk.Window);

    // Noise is drawn by it: windows that overlap have one video's, others each its own.
    private static int Number(ChunkLease.Render lease) => WindowPlanner.ConditioningWindow(lease.Plan, lease.Chunk.Window);
}
