namespace Cil.Training.Datasets;

/// <summary>What lies behind the sprite.</summary>
public enum SpriteGroundKind
{
    Plain,
    Gradient,
    Texture,
    Photograph,
}
