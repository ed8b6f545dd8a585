using Cil.Training.Optimizers;

namespace Cil.Training.Runs;

/// <summary>Where a run stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    public required long TotalSteps { get; init; }

    /// <summary>Mean loss since the last report.</summary>
    public required double Loss { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>Norm of the last step's gradients before clipping.</summary>
    public required double GradientNorm { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimated from the speed of this run.</summary>
    public required TimeSpan Left { get; init; }
}
