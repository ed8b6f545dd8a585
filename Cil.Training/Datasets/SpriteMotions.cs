namespace Cil.Training.Datasets;

/// <summary>The words for each motion, and the direction on the screen (x to the right, y down).</summary>
public static class SpriteMotions
{
    /// <summary>The four motions whose direction <c>cil eval sprites</c> measures.</summary>
    public static IReadOnlyList<SpriteMotion> Directions { get; } =
        [SpriteMotion.MoveLeft, SpriteMotion.MoveRight, SpriteMotion.MoveUp, SpriteMotion.MoveDown];

    /// <summary>What a sprite does while the camera is still.</summary>
    public static IReadOnlyList<SpriteMotion> OfSprites { get; } =
        [.. Directions, SpriteMotion.Grow, SpriteMotion.Shrink, SpriteMotion.TurnClockwise, SpriteMotion.TurnCounterClockwise];

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
        SpriteMotion.PanLeft => ["with the camera panning to the left", "as the camera pans left"],
        SpriteMotion.PanRight => ["with the camera panning to the right", "as the camera pans right"],
        SpriteMotion.PanUp => ["with the camera tilting up", "as the camera tilts up"],
        SpriteMotion.PanDown => ["with the camera tilting down", "as the camera tilts down"],
        SpriteMotion.ZoomIn => ["with the camera zooming in", "as the camera zooms in"],
        SpriteMotion.ZoomOut => ["with the camera zooming out", "as the camera zooms out"],
        _ => throw new ArgumentOutOfRangeException(nameof(motion), motion, "Not a motion of the sprite data set."),
    };

    /// <summary>Unit step of the camera over the scene for pans, else (0, 0).</summary>
    public static (int X, int Y) Pan(SpriteMotion motion) => motion switch
    {
        SpriteMotion.PanLeft => (-1, 0),
        SpriteMotion.PanRight => (1, 0),
        SpriteMotion.PanUp => (0, -1),
        SpriteMotion.PanDown => (0, 1),
        _ => (0, 0),
    };

    /// <summary>How much the camera enlarges by the end of the clip; 1 for all but zooms.</summary>
    public static double Zoom(SpriteMotion motion) => motion switch
    {
        SpriteMotion.ZoomIn => 1.6,
        SpriteMotion.ZoomOut => 0.6,
        _ => 1,
    };

    /// <summary>Unit step on the screen for sprites that move, else (0, 0).</summary>
    public static (int X, int Y) Direction(SpriteMotion motion) => motion switch
    {
        SpriteMotion.MoveLeft => (-1, 0),
        SpriteMotion.MoveRight => (1, 0),
        SpriteMotion.MoveUp => (0, -1),
        SpriteMotion.MoveDown => (0, 1),
        _ => (0, 0),
    };
}
