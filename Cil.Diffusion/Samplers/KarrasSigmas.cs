namespace Cil.Diffusion.Samplers;

/// <summary>
/// Noise levels of Karras et al. 2022, equation 5, from the highest to the lowest and then 0, and what the Euler sampler and a
/// network of Stable Video Diffusion need of them (diffusers, EulerDiscreteScheduler with use_karras_sigmas; rho = 7). Computed
/// in float64 and rounded once.
/// </summary>
public sealed class KarrasSigmas
{
    /// <summary>The lowest level but 0, of every published configuration.</summary>
    public const double Lowest = 0.002;

    private const double Rho = 7;

    /// <param name="highest">sigma_max: 700 for the original model, or M.</param>
    /// <param name="steps">At least 1.</param>
    public KarrasSigmas(double highest, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(highest, Lowest);
        double from = Math.Pow(highest, 1 / Rho), to = Math.Pow(Lowest, 1 / Rho);
        double[] levels =
            [.. Enumerable.Range(0, steps).Select(k => Math.Pow(from + (steps == 1 ? 0 : k / (steps - 1.0) * (to - from)), Rho))];
        Sigmas = [.. levels.Select(level => (float)level), 0f];
        Noise = [.. levels.Select(level => (float)(0.25 * Math.Log((float)level)))];
        Highest = highest;
        InitialDeviation = Math.Sqrt((highest * highest) + 1);
    }

    /// <summary>sigma_max, which is M.</summary>
    public double Highest { get; }

    public int Steps => Noise.Count;

    /// <summary>Levels before each step, and 0 after the last: one more than steps.</summary>
    public IReadOnlyList<float> Sigmas { get; }

    /// <summary>c_noise = 0.25 ln sigma of each step: what the network is told.</summary>
    public IReadOnlyList<float> Noise { get; }

    /// <summary>
    /// sqrt(sigma_max² + 1): deviation of the noise to start from. Exact sampling would take sigma_max; the published scheduler
    /// adds 1, which makes no difference at these levels.
    /// </summary>
    public double InitialDeviation { get; }
}
