namespace Cil.Training.Datasets;

/// <summary>What happens in a clip drawn by <see cref="SpriteDataset"/>.</summary>
public enum SpriteMotion
{
    MoveLeft,
    MoveRight,
    MoveUp,
    MoveDown,
    Grow,
    Shrink,
    TurnClockwise,
    TurnCounterClockwise,

    /// <summary>The camera goes to the left: all that is seen goes to the right.</summary>
    PanLeft,
    PanRight,
    PanUp,
    PanDown,
    ZoomIn,
    ZoomOut,
}
