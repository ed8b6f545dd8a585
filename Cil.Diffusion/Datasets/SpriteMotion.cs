namespace Cil.Diffusion.Datasets;

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
}
