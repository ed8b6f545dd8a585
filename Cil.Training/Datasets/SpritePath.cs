namespace Cil.Training.Datasets;

/// <summary>
/// The way of a sprite through a clip. Where it starts says nothing about where it goes: a model can learn the direction
/// from the caption alone.
/// </summary>
internal sealed record SpritePath(SpritePose Start, SpritePose End, SpriteCamera Camera)
{
    /// <param name="strength">Of the motion, in pixels of a frame of 64; null where all are as strong.</param>
    public static SpritePath Draw(SpriteMotion motion, SpriteOptions options, double? strength, ref SpriteRandom random)
    {
        double size = random.Range(options.SpriteSize.Low, options.SpriteSize.High);
        double travel = strength is { } drawn ? drawn * options.Size / 64 : random.Range(options.Travel.Low, options.Travel.High);
        // Growth, turns and zooms in parts of what they are where all are as strong.
        double power = strength is null ? 1 : strength.Value / SpriteStrength.Unit;
        double middle = options.Size / 2.0;
        // The same square for all motions, small enough that a moving sprite stays mostly in the frame.
        double slack = Math.Max(options.Size / 64.0, middle - (options.Strength?.Most * options.Size / 64 ?? travel) - (size * 0.2));
        double x = middle + random.Range(-slack, slack);
        double y = middle + random.Range(-slack, slack);
        var start = new SpritePose(x, y, size, 0);
        (int dx, int dy) = SpriteMotions.Direction(motion);
        SpritePose end = motion switch
        {
            SpriteMotion.Grow => start with { Size = size * Math.Pow(1.9, power) },
            SpriteMotion.Shrink => start with { Size = size * Math.Pow(0.4, power) },
            SpriteMotion.TurnClockwise => start with { Angle = Math.PI * 0.75 * power },
            SpriteMotion.TurnCounterClockwise => start with { Angle = -Math.PI * 0.75 * power },
            _ => start with { X = x + (dx * travel), Y = y + (dy * travel) },
        };
        (int panX, int panY) = SpriteMotions.Pan(motion);
        return new SpritePath(start, end, new SpriteCamera(panX * travel, panY * travel, Math.Pow(SpriteMotions.Zoom(motion), power)));
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
