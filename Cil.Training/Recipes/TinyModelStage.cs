using Cil.Training.Optimizers;

namespace Cil.Training.Recipes;

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
}
