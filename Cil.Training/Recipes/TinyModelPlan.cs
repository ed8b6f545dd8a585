using Cil.Training.Datasets;
using Cil.Training.Optimizers;

namespace Cil.Training.Recipes;

/// <summary>What cil-tiny is taught, and for how long.</summary>
public sealed record TinyModelPlan
{
    /// <summary>What two cores learn in an hour: the four directions.</summary>
    public static TinyModelPlan Processor { get; } = new()
    {
        // Few frames of many clips first, at times where direction must come from the words; then whole clips at all times; last
        // the same for longer with the ground counting almost as much as what moves, which takes the noise out of it.
        Stages =
        [
            new()
            {
                Name = "frames", Steps = 1300, Batch = 16, FramesPerClip = 4, LearningRate = 1.5e-3, LowestTimestep = 200, MotionWeight = 4,
            },
            new() { Name = "clips", Steps = 800, Batch = 4, FramesPerClip = TinyModel.Frames, LearningRate = 8e-4, MotionWeight = 2 },
            new() { Name = "polish", Steps = 2500, Batch = 4, FramesPerClip = TinyModel.Frames, LearningRate = 8e-4, MotionWeight = 0.5 },
        ],
    };

    /// <summary>What a GPU learns in five minutes: all that the generator draws. The model that ships was trained so.</summary>
    public static TinyModelPlan Gpu { get; } = new()
    {
        Clips = 16_000,
        Captions = 12_000,
        Motions = SpriteMotions.All,
        Words = SpriteMotions.All,
        TextSteps = 256,
        DecoderSteps = 1068,
        DecoderClips = 4000,
        DecoderPictures = 32,
        CheckpointEvery = 500,
        Stages =
        [
            new()
            {
                Name = "frames", Steps = 854, Batch = 192, FramesPerClip = 4, LearningRate = 2e-3, LowestTimestep = 200, MotionWeight = 4,
            },
            new() { Name = "clips", Steps = 1708, Batch = 64, FramesPerClip = TinyModel.Frames, LearningRate = 1.2e-3, MotionWeight = 1 },
        ],
    };

    /// <summary>Clips that are encoded and trained on.</summary>
    public int Clips { get; init; } = 2400;

    /// <summary>Captions for merges and text tower.</summary>
    public int Captions { get; init; } = 6000;

    /// <summary>Motions of the clips.</summary>
    public IReadOnlyList<SpriteMotion> Motions { get; init; } = SpriteMotions.Directions;

    /// <summary>Motions that the text tower learns the words for.</summary>
    public IReadOnlyList<SpriteMotion> Words { get; init; } = SpriteMotions.OfSprites;

    public IReadOnlyList<SpriteGroundKind> Grounds { get; init; } =
        [SpriteGroundKind.Plain, SpriteGroundKind.Gradient, SpriteGroundKind.Photograph];

    public long TextSteps { get; init; } = 300;

    public long DecoderSteps { get; init; } = 900;

    /// <summary>Clips that the decoder's pictures are cut from.</summary>
    public int DecoderClips { get; init; } = 1500;

    /// <summary>Whole pictures of a decoder step; of quarter pictures it takes four times as many.</summary>
    public int DecoderPictures { get; init; } = 6;

    /// <summary>Steps between checkpoints: some seconds or minutes of work that a kill may cost.</summary>
    public int CheckpointEvery { get; init; } = 50;

    public required IReadOnlyList<TinyModelStage> Stages { get; init; }

    /// <summary>The same with more steps, or fewer.</summary>
    /// <param name="effort">Above 0.</param>
    public TinyModelPlan Times(double effort)
    {
        return this with
        {
            TextSteps = Scaled(TextSteps),
            DecoderSteps = Scaled(DecoderSteps),
            Stages = [.. Stages.Select(stage => stage with { Steps = Scaled(stage.Steps) })],
        };

        long Scaled(long steps) => Math.Max(1, (long)Math.Round(steps * effort));
    }
}
