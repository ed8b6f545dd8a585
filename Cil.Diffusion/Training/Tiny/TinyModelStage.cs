namespace Cil.Diffusion.Training.Tiny;

/// <summary>One part of the diffusion training; a later stage starts from an earlier one's average.</summary>
public sealed record TinyModelStage
{
    /// <summary>Name of the stage's folder.</summary>
    public required string Name { get; init; }

    public required long Steps { get; init; }

    public required int Batch { get; init; }

    /// <summary>Frames of each clip that a step sees; 16 for all.</summary>
    public required int FramesPerClip { get; init; }

    public required double LearningRate { get; init; }

    public int LowestTimestep { get; init; }

    public double MotionWeight { get; init; }

    /// <summary>
    /// Few frames of many clips first, at times where direction must come from the words; then whole clips at all times; last the same for longer with
    /// the ground counting almost as much as what moves, which takes the noise out of it.
    /// </summary>
    public static IReadOnlyList<TinyModelStage> Default { get; } =
    [
        new() { Name = "frames", Steps = 1300, Batch = 16, FramesPerClip = 4, LearningRate = 1.5e-3, LowestTimestep = 200, MotionWeight = 4 },
        new() { Name = "clips", Steps = 800, Batch = 4, FramesPerClip = TinyModel.Frames, LearningRate = 8e-4, MotionWeight = 2 },
        new() { Name = "polish", Steps = 2500, Batch = 4, FramesPerClip = TinyModel.Frames, LearningRate = 8e-4, MotionWeight = 0.5 },
    ];
}
