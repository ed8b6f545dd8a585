namespace Cil.Training.Optimizers;

/// <summary>Learning rate over a run: a linear warm-up, then constant, or falling along a cosine to a tenth at the end.</summary>
public sealed record LearningRate
{
    /// <summary>The rate after warm-up.</summary>
    public required double Peak { get; init; }

    /// <summary>Steps until the peak is reached; 0 for none.</summary>
    public int WarmUp { get; init; }

    /// <summary>Whether the rate falls towards the end of the run. The published runs keep it constant.</summary>
    public bool Cosine { get; init; }

    /// <summary>Rate for a step, counted from 0.</summary>
    /// <param name="progress">How much of the run is done, 0…1.</param>
    public double At(long step, double progress)
    {
        double rate = WarmUp > 0 ? Peak * Math.Min(1, (step + 1.0) / WarmUp) : Peak;
        return Cosine ? rate * (0.1 + (0.9 * 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))))) : rate;
    }
}
