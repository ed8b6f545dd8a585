using Cil.Training.Datasets;

namespace Cil.Training.World;

/// <summary>The data sets of the small world.</summary>
public static class WorldClips
{
    /// <summary>Camera motions and turns are left out: a network of this size does not learn them in the time.</summary>
    private static readonly IReadOnlyList<SpriteMotion> Motions = [.. SpriteMotions.Directions, SpriteMotion.Grow, SpriteMotion.Shrink];

    private static readonly IReadOnlyList<SpriteGroundKind> Grounds =
        [SpriteGroundKind.Plain, SpriteGroundKind.Gradient, SpriteGroundKind.Photograph];

    /// <summary>What the base model learns: all strengths, half of the captions with the motion.</summary>
    /// <param name="frames">Frames of a clip; the way of a motion is that of the whole clip, whatever their number.</param>
    public static SpriteDataset Base(SpriteAssets assets, ulong seed, int frames = WorldModel.Frames) =>
        Dataset(assets, SpriteStrength.Base, 0.5, seed, SpriteSplit.Train, frames);

    /// <summary>What it is fine-tuned on: little motion, and captions that do not tell it.</summary>
    /// <param name="frames">As of <see cref="Base"/>.</param>
    public static SpriteDataset Web(SpriteAssets assets, ulong seed, int frames = WorldModel.Frames) =>
        Dataset(assets, SpriteStrength.Web, 1, seed, SpriteSplit.Train, frames);

    /// <summary>What it is measured on: strong motion, pictures that were held out, and captions that do not tell the motion.</summary>
    /// <param name="frames">As of <see cref="Base"/>.</param>
    public static SpriteDataset Evaluation(SpriteAssets assets, ulong seed, int frames = WorldModel.Frames) =>
        Dataset(assets, SpriteStrength.Evaluation, 1, seed, SpriteSplit.HeldOut, frames);

    private static SpriteDataset Dataset(
        SpriteAssets assets, SpriteStrength strength, double namesOnly, ulong seed, SpriteSplit split, int frames) =>
        new(assets, new SpriteOptions
        {
            Seed = seed, Split = split, Frames = frames, Size = WorldModel.Size,
            Motions = Motions, Grounds = Grounds, Strength = strength, NamesOnly = namesOnly,
        });
}
