using Cil.Diffusion.Samplers;

namespace Cil.Diffusion.AnalyticInit;

/// <summary>
/// The Gaussian N(MeanScale E[X0], Deviation² I) nearest in KL divergence to the marginal at time M (the CIL paper,
/// proposition 1). v is the mean per-component variance of X0.
/// </summary>
/// <param name="MeanScale">alpha_M: what E[X0] is multiplied by.</param>
/// <param name="Deviation">Standard deviation of every component.</param>
public readonly record struct StartingGaussian(double MeanScale, double Deviation)
{
    /// <summary>For a variance-preserving model.</summary>
    /// <param name="start">M, 1 to 1000; the table's index is M - 1.</param>
    /// <param name="variance">v of the data set's scaled latents.</param>
    /// <exception cref="ArgumentOutOfRangeException">M is out of range.</exception>
    public static StartingGaussian At(NoiseSchedule schedule, int start, double variance, AnalyticInitMode mode)
    {
        if (start < 1 || start > schedule.Count)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"start M: must be 1 to {schedule.Count}, got {start}");
        double abar = schedule.AlphasCumprod[start - 1];
        double scale = mode == AnalyticInitMode.Paper ? schedule.Scale[start - 1] : 1;
        return new StartingGaussian(Math.Sqrt(abar) * scale, Math.Sqrt(1 - abar + (abar * scale * scale * variance)));
    }

    /// <summary>For a variance-exploding model, which starts at noise level M.</summary>
    /// <param name="sigmas">Its levels; they start with <see cref="KarrasSigmas.InitialDeviation"/>, which is M but for rounding.</param>
    /// <param name="variance">v of the data set's scaled latents.</param>
    public static StartingGaussian At(KarrasSigmas sigmas, double variance) =>
        new(1, Math.Sqrt((sigmas.InitialDeviation * sigmas.InitialDeviation) + variance));
}
