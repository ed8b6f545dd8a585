using Cil.Diffusion.Samplers;
using TorchSharp;
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
    public static StartingGaussian At(KarrasSigmas sigmas, double variance) =>
        new(1, Math.Sqrt((sigmas.Highest * sigmas.Highest) + variance));

    /// <summary>
    /// The part of the start that is drawn. Where the statistics have components it is that of N(alpha E, alpha² U (Lambda - v⊥ I) Uᵀ
    /// + (alpha² v⊥ + sigma²) I), the nearest in KL divergence among Gaussians whose covariance is a multiple of I but for so many
    /// directions: proposition 1 in a larger family (Tipping and Bishop, "Probabilistic principal component analysis", 1999).
    /// </summary>
    /// <param name="noise">N(0, 1) of the latents' shape; the same noise gives the isotropic start where there are no components.</param>
    public Tensor Spread(Tensor noise, LatentStatistics statistics)
    {
        if (statistics.Components is not { } components) return noise * Deviation;
        using DisposeScope scope = NewDisposeScope();
        StartingGaussian self = this;
        double rest = Along(components.Rest(statistics.Variance, statistics.Expectation.Length), statistics.Variance);
        Tensor directions = tensor(components.Directions, [components.Rank, statistics.Expectation.Length]).to(noise.device);
        float[] more = [.. components.Variances.Select(variance => (float)(self.Along(variance, statistics.Variance) - rest))];
        Tensor along = directions.matmul(noise.reshape(-1, 1)) * tensor(more, [components.Rank, 1]).to(noise.device); // (rank, 1)
        return ((noise * rest) + directions.t().matmul(along).view(noise.shape)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// How many nats nearer the start is with the statistics' components than without: ½ (d ln(alpha² v + sigma²) - sum of ln(alpha²
    /// lambda + sigma²) over all d directions, those that are left with v⊥). 0 without components.
    /// </summary>
    public double Gain(LatentStatistics statistics)
    {
        if (statistics.Components is not { } components) return 0;
        long dimensions = statistics.Expectation.Length;
        StartingGaussian self = this;
        double rest = Along(components.Rest(statistics.Variance, dimensions), statistics.Variance);
        return components.Variances.Sum(variance => Math.Log(self.Deviation / self.Along(variance, statistics.Variance)))
            + ((dimensions - components.Rank) * Math.Log(Deviation / rest));
    }

    /// <summary>
    /// How many nats nearer the start is than N(0, (alpha² + sigma²) I), which sampling begins with where there are no statistics: the
    /// difference of the two KL divergences, which is the same whatever the data's distribution is.
    /// </summary>
    public double GainOverPlain(LatentStatistics statistics)
    {
        long dimensions = statistics.Expectation.Length;
        double signal = MeanScale * MeanScale, variance = Deviation * Deviation, plain = variance + (signal * (1 - statistics.Variance));
        double mean = signal * statistics.Expectation.Sum(value => (double)value * value);
        double isotropic = 0.5 * ((((dimensions * variance) + mean) / plain) - dimensions - (dimensions * Math.Log(variance / plain)));
        return isotropic + Gain(statistics);
    }

    // Deviation² is alpha² v + sigma².
    private double Along(double variance, double mean) =>
        Math.Sqrt(Math.Max(0, (Deviation * Deviation) + (MeanScale * MeanScale * (variance - mean))));

    /// <summary>
    /// What the published code of Stable Video Diffusion starts from: it takes sigma_max² + 1 for sigma_max², and unpacks mean and
    /// variance in the wrong order (examples/SVD/svd/inference/pipline_CILsvd.py, prepare_initial_noise and __call__).
    /// </summary>
    /// <param name="expectation">E[X0], of the noise's shape or one that is repeated to it.</param>
    /// <param name="noise">N(0, 1).</param>
    public static Tensor Published(KarrasSigmas sigmas, Tensor expectation, double variance, Tensor noise) =>
        (noise * (expectation + (sigmas.InitialDeviation * sigmas.InitialDeviation)).sqrt()) + variance;
}
