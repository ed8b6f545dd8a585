using Cil.Diffusion.Pipelines;
using Cil.Training.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Table;

/// <summary>The videos of a row: of held-out clips' first frames and captions.</summary>
public static class TableTrials
{
    /// <summary>Renders clips together, clip number n with seed n: the same noise in every row.</summary>
    /// <param name="plan">Makes the sampling plan for a seed; plans differ in their seeds alone.</param>
    /// <param name="clips">Numbers of the clips.</param>
    /// <returns>The clips and their videos, RGB24.</returns>
    public static IReadOnlyList<(SpriteClip Clip, byte[] Video)> Render(
        VideoPipeline pipeline, SpriteDataset dataset, Func<ulong, SamplingPlan> plan, IReadOnlyList<int> clips)
    {
        using DisposeScope scope = NewDisposeScope();
        SpriteClip[] drawn = [.. clips.Select(clip => dataset.Draw(clip))];
        SamplingPlan[] plans = [.. clips.Select(clip => plan((ulong)clip))];
        Conditioning[] own = [.. drawn.Select((clip, i) => pipeline.Encode(new ConditioningInput
        {
            Image = clip.FirstFrame.ToArray(),
            Height = clip.Size,
            Width = clip.Size,
            Prompt = clip.Caption,
            Fps = pipeline.Manifest.Defaults.Fps,
            Frames = clip.FrameCount,
            Seed = plans[i].Seed,
            LowPassStrength = plans[i].LowPass?.Strength,
        }))];
        using Conditioning joined = pipeline.Join(own);
        foreach (Conditioning each in own) each.Dispose();
        Tensor[] latents = [.. plans.Select(pipeline.StartLatents)];
        for (int step = 0; step < pipeline.StepCount(plans[0]); step++) latents = Advance(pipeline, latents, joined, plans, step);
        return [.. drawn.Select((clip, i) => (clip, pipeline.Decode(latents[i], 0, clip.FrameCount)))];
    }

    private static Tensor[] Advance(VideoPipeline pipeline, Tensor[] latents, Conditioning joined, SamplingPlan[] plans, int step)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. pipeline.StepTogether(latents, joined, plans, step).Select(result => result.Latents.MoveToOuterDisposeScope())];
    }
}
