namespace Cil.Diffusion.Datasets;

/// <summary>The words for each motion, and the direction on the screen (x to the right, y down).</summary>
public static class SpriteMotions
{
    /// <summary>The four motions whose direction <c>cil train eval</c> measures.</summary>
    public static IReadOnlyList<SpriteMotion> Directions { get; } =
        [SpriteMotion.MoveLeft, SpriteMotion.MoveRight, SpriteMotion.MoveUp, SpriteMotion.MoveDown];

    /// <summary>Every motion the generator draws.</summary>
    public static IReadOnlyList<SpriteMotion> All { get; } = Enum.GetValues<SpriteMotion>();

    /// <summary>Ways to say the motion; the first is the plainest.</summary>
    public static IReadOnlyList<string> Phrases(SpriteMotion motion) => motion switch
    {
        SpriteMotion.MoveLeft => ["moving to the left", "moving left", "going to the left", "that moves left"],
        SpriteMotion.MoveRight => ["moving to the right", "moving right", "going to the right", "that moves right"],
        SpriteMotion.MoveUp => ["moving up", "going up", "moving upwards", "that moves up"],
        SpriteMotion.MoveDown => ["moving down", "going down", "moving downwards", "that moves down"],
        SpriteMotion.Grow => ["growing", "getting bigger", "that grows"],
        SpriteMotion.Shrink => ["shrinking", "getting smaller", "that shrinks"],
        SpriteMotion.TurnClockwise => ["turning clockwise", "rotating clockwise"],
        SpriteMotion.TurnCounterClockwise => ["turning counter-clockwise", "rotating counter-clockwise"],
        _ => throw new ArgumentOutOfRangeException(nameof(motion), motion, "Not a motion of the sprite data set."),
    };

    /// <summary>Unit step on the screen for motions that have a direction, else (0, 0).</summary>
    public static (int X, int Y) Direction(SpriteMotion motion) => motion switch
    {
        SpriteMotion.MoveLeft => (-1, 0),
        SpriteMotion.MoveRight => (1, 0),
        SpriteMotion.MoveUp => (0, -1),
        SpriteMotion.MoveDown => (0, 1),
        _ => (0, 0),
    };
}
