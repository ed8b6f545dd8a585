namespace Cil.Training.Losses;

/// <summary>Noise levels whose logarithm is normal: exp(mean + deviation n).</summary>
/// <param name="Mean">Of the logarithm.</param>
/// <param name="Deviation">Of the logarithm.</param>
public readonly record struct LogNormal(double Mean, double Deviation)
{
    /// <summary>The level that a standard normal draw gives.</summary>
    public double At(double normal) => Math.Exp(Mean + (Deviation * normal));
}
