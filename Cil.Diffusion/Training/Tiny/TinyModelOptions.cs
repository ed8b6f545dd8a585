using Cil.Diffusion.Datasets;

namespace Cil.Diffusion.Training.Tiny;

/// <summary>How cil-tiny is trained.</summary>
public sealed record TinyModelOptions
{
    /// <summary>Folder of everything the training makes; stages whose files are there are not run again.</summary>
    public required string Folder { get; init; }

    public ulong Seed { get; init; } = 21;

    /// <summary>Clips that are encoded and trained on.</summary>
    public int Clips { get; init; } = 2400;

    /// <summary>Captions for merges and text tower.</summary>
    public int Captions { get; init; } = 6000;

    public long TextSteps { get; init; } = 300;

    public long DecoderSteps { get; init; } = 900;

    public IReadOnlyList<TinyModelStage> Stages { get; init; } = TinyModelStage.Default;

    public IReadOnlyList<SpriteMotion> Motions { get; init; } = SpriteMotions.Directions;

    public IReadOnlyList<SpriteGroundKind> Grounds { get; init; } = [SpriteGroundKind.Plain, SpriteGroundKind.Gradient, SpriteGroundKind.Photograph];

    /// <summary>Longest time for each stage in this process; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
