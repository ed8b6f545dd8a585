using Cil.Diffusion.Pipelines;
using Cil.Training.Datasets;

namespace Cil.Evaluation.Motion;

/// <summary>
/// Does what is seen move as the words say, among all motions of the data set? The same scene is drawn in every motion, and the
/// video counts as that whose clip it is nearest to.
/// </summary>
public static class MotionTrials
{
    /// <summary>
    /// The ground that tells the motions apart: over a plain one, a camera that goes right is a thing that goes left; a photograph
    /// is placed so that the camera's way fits in, so that scenes do not begin alike.
    /// </summary>
    public static IReadOnlyList<SpriteGroundKind> Grounds { get; } = [SpriteGroundKind.Gradient];

    /// <summary>Renders the clips of a data set one after the other, clip number n with seed n.</summary>
    /// <param name="dataset">Over <see cref="Grounds"/>.</param>
    /// <param name="plan">Makes the sampling plan for a seed.</param>
    public static IEnumerable<MotionTrial> Run(VideoPipeline pipeline, SpriteDataset dataset, int count, Func<ulong, SamplingPlan> plan)
    {
        for (int i = 0; i < count; i++)
        {
            SpriteClip clip = dataset.Draw(i);
            byte[] video = DirectionTrials.Render(pipeline, clip, plan((ulong)i));
            yield return new MotionTrial(clip, video, Nearest(video, dataset, i));
        }
    }

    /// <summary>The motion whose clip of this scene differs least from a video.</summary>
    /// <exception cref="ArgumentException">The clips do not begin alike.</exception>
    public static SpriteMotion Nearest(byte[] video, SpriteDataset dataset, long index)
    {
        SpriteClip asked = dataset.Draw(index);
        return dataset.Options.Motions.Distinct().MinBy(motion =>
        {
            SpriteClip clip = dataset.Draw(index, motion);
            return clip.FirstFrame.SequenceEqual(asked.FirstFrame)
                ? Difference(video, clip.Frames)
                : throw new ArgumentException(
                    $"dataset: clip {index} begins otherwise when it is {motion}; grounds must be {string.Join(" or ", Grounds)}",
                    nameof(dataset));
        });
    }

    private static double Difference(byte[] one, byte[] other)
    {
        double sum = 0;
        for (int i = 0; i < one.Length; i++)
        {
            double difference = one[i] - other[i];
            sum += difference * difference;
        }

        return sum / one.Length;
    }
}
