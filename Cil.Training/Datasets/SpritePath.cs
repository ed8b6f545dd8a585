namespace Cil.Training.Datasets;

/// <summary>
/// The way of a sprite through a clip. Where it starts says nothing about where it goes: a model can learn the direction
/// from the caption alone.
/// </summary>
internal sealed record SpritePath(SpritePose Start, SpritePose End, SpriteCamera Camera)
{
    public static SpritePath Draw(SpriteMotion motion, SpriteOptions options, ref SpriteRandom random)
    {
        var size = random.Range(options.SpriteSize.Low, options.SpriteSize.High);
        var travel = random.Range(options.Travel.Low, options.Travel.High);
        var middle = options.Size / 2.0;
        // The same square for all motions, small enough that a moving sprite stays mostly in the frame.
        var slack = Math.Max(1, middle - travel - (size * 0.2));
        var x = middle + random.Range(-slack, slack);
        var y = middle + random.Range(-slack, slack);
        var start = new SpritePose(x, y, size, 0);
        (int dx, int dy) = SpriteMotions.Direction(motion);
        SpritePose end = motion switch
        {
            SpriteMotion.Grow => start with { Size = size * 1.9 },
            SpriteMotion.Shrink => start with { Size = size * 0.4 },
            SpriteMotion.TurnClockwise => start with { Angle = Math.PI * 0.75 },
            SpriteMotion.TurnCounterClockwise => start with { Angle = -Math.PI * 0.75 },
            _ => start with { X = x + (dx * travel), Y = y + (dy * travel) },
        };
        (int panX, int panY) = SpriteMotions.Pan(motion);
        return new SpritePath(start, end, new SpriteCamera(panX * travel, panY * travel, SpriteMotions.Zoom(motion)));
    }

    /// <summary>Where the camera is at a share of the clip, 0…1. Enlarging goes by equal factors, which looks even.</summary>
    public SpriteCamera CameraAt(double share) => new(Camera.X * share, Camera.Y * share, Math.Pow(Camera.Zoom, share));

    /// <summary>The pose in the scene at a share of the clip, 0…1.</summary>
    public SpritePose At(double share) => new(
        Start.X + ((End.X - Start.X) * share),
        Start.Y + ((End.Y - Start.Y) * share),
        Start.Size + ((End.Size - Start.Size) * share),
        Start.Angle + ((End.Angle - Start.Angle) * share));
}
