using Cil.Diffusion.Samplers;
using static TorchSharp.torch;

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

    /// <summary>For a variance-exploding model, which starts at noise level M = sigma_max, alpha = 1.</summary>
    /// <param name="variance">v of the data set's scaled latents.</param>
    public static StartingGaussian At(KarrasSigmas sigmas, double variance) => new(1, Math.Sqrt((sigmas.Highest * sigmas.Highest) + variance));

    /// <summary>
    /// What the published code of Stable Video Diffusion starts from: it takes sigma_max² + 1 for sigma_max², and unpacks mean and
    /// variance in the wrong order (examples/SVD/svd/inference/pipline_CILsvd.py, prepare_initial_noise and __call__).
    /// </summary>
    /// <param name="expectation">E[X0], of the noise's shape or one that is repeated to it.</param>
    /// <param name="noise">N(0, 1).</param>
    public static Tensor Published(KarrasSigmas sigmas, Tensor expectation, double variance, Tensor noise) =>
        (noise * (expectation + (sigmas.InitialDeviation * sigmas.InitialDeviation)).sqrt()) + variance;
}
