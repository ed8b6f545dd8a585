using Cil.Diffusion.Pipelines;
using Cil.Training.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Motion;

/// <summary>Does what is in the picture go where the words say? Clips are drawn from a data set of the four directions.</summary>
public static class DirectionTrials
{
    /// <summary>Renders the clips of a data set one after the other, clip number n with seed n.</summary>
    /// <param name="plan">Makes the sampling plan for a seed.</param>
    public static IEnumerable<DirectionTrial> Run(VideoPipeline pipeline, SpriteDataset dataset, int count, Func<ulong, SamplingPlan> plan)
    {
        for (int i = 0; i < count; i++)
        {
            SpriteClip clip = dataset.Draw(i);
            byte[] video = Render(pipeline, clip, plan((ulong)i));
            yield return new DirectionTrial(clip, video, MotionDirection.Measure(video, clip.FrameCount, clip.Size, clip.Size));
        }
    }

    /// <summary>The video of a clip's first frame and caption: RGB24.</summary>
    internal static byte[] Render(VideoPipeline pipeline, SpriteClip clip, SamplingPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = clip.FirstFrame.ToArray(),
            Height = clip.Size,
            Width = clip.Size,
            Prompt = clip.Caption,
            Fps = pipeline.Manifest.Defaults.Fps,
            Frames = clip.FrameCount,
            Seed = plan.Seed,
        });
        Tensor latents = pipeline.StartLatents(plan);
        for (int step = 0; step < pipeline.StepCount(plan); step++) latents = pipeline.Step(latents, conditioning, plan, step).Latents;
        return pipeline.Decode(latents, 0, clip.FrameCount);
    }
}
