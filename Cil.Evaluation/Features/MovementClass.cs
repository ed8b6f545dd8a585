using Cil.Training.Datasets;

namespace Cil.Evaluation.Features;

/// <summary>The classes of how a clip of the small world moves: still, or a motion, weak or strong.</summary>
internal static class MovementClass
{
    // Strengths in pixels over the clip.
    private const double Weak = 2, Strong = 8, Most = 24;

    private static readonly IReadOnlyList<SpriteMotion> Motions = [.. SpriteMotions.Directions, SpriteMotion.Grow, SpriteMotion.Shrink];

    /// <summary>How many there are; the first is still.</summary>
    internal static int Count => 1 + (2 * Motions.Count);

    /// <summary>A motion and a strength of a class.</summary>
    /// <param name="share">From 0 to 1: of the class's strengths, spaced evenly in their logarithm.</param>
    internal static (SpriteMotion Motion, double Strength) Of(int movement, double share)
    {
        if (movement == 0) return (Motions[0], 0);
        bool isStrong = (movement - 1) % 2 == 1;
        (double low, double high) = isStrong ? (Strong, Most) : (Weak, Strong);
        return (Motions[(movement - 1) / 2], low * Math.Pow(high / low, share));
    }
}
