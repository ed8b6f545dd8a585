namespace Cil.Training.Optimizers;

/// <summary>AdamW's constants; the defaults are those of the published training runs.</summary>
public sealed record AdamWOptions
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay, multiplied by the learning rate.</summary>
    public double WeightDecay { get; init; } = 0.01;
}
