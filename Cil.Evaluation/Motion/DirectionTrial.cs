using Cil.Training.Datasets;

namespace Cil.Evaluation.Motion;

/// <summary>One held-out clip's first frame and caption given to a model, and where the thing went.</summary>
/// <param name="Clip">The clip; its frames are what the video was asked to look like.</param>
/// <param name="Video">What the model made: RGB24, frames × height × width × 3 bytes.</param>
public sealed record DirectionTrial(SpriteClip Clip, byte[] Video, MotionMeasurement Motion)
{
    /// <summary>Whether the measured heading is the one that the caption names.</summary>
    public bool IsRight => Motion.Heading == Wanted(Clip.Motion);

    private static MotionHeading Wanted(SpriteMotion motion) => motion switch
    {
        SpriteMotion.MoveLeft => MotionHeading.Left,
        SpriteMotion.MoveRight => MotionHeading.Right,
        SpriteMotion.MoveUp => MotionHeading.Up,
        SpriteMotion.MoveDown => MotionHeading.Down,
        _ => throw new ArgumentException($"motion: expected one with a direction, got {motion}", nameof(motion)),
    };
}
