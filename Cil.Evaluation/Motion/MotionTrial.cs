using Cil.Training.Datasets;

namespace Cil.Evaluation.Motion;

/// <summary>One held-out clip's first frame and caption given to a model, and which motion the video looks like.</summary>
/// <param name="Clip">The clip; its frames are what the video was asked to look like.</param>
/// <param name="Video">What the model made: RGB24, frames × height × width × 3 bytes.</param>
/// <param name="Nearest">
/// Of the clips that begin alike, one for each motion, the motion of the one that differs least from the video (mean squared
/// difference).
/// </param>
public sealed record MotionTrial(SpriteClip Clip, byte[] Video, SpriteMotion Nearest)
{
    public bool IsRight => Nearest == Clip.Motion;
}
