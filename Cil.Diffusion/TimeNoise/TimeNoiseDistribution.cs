namespace Cil.Diffusion.TimeNoise;

/// <summary>
/// How strongly the conditional image is corrupted in training at time t: beta_s = beta_m sigmoid(mu(t) + n),
/// mu(t) = mu_max (2 t^a - 1), n ~ N(0, 1) (the CIL paper, section 3.2; examples/DynamiCrafter/lvdm/models/ddpm3d.py,
/// logit_normal_sampler). Late times, where the network leans on the image, get the strongest noise.
/// </summary>
/// <param name="BetaM">The largest strength, in standard deviations of the latents; above 0. Paper: 100.</param>
/// <param name="A">How late the strength rises; above 0. Paper: 5.</param>
/// <param name="MuMax">Amplitude of the centre; paper 1, VideoCrafter1's code 4.</param>
public sealed record TimeNoiseDistribution(double BetaM = 100, double A = 5, double MuMax = 1)
{
    /// <summary>The centre of logit(beta_s / beta_m).</summary>
    /// <param name="t">0 to 1.</param>
    public double Mu(double t) => (2 * MuMax * Math.Pow(t, A)) - MuMax;

    /// <summary>The strength that a standard normal draw gives at time t.</summary>
    public double Strength(double t, double normal) => BetaM / (1 + Math.Exp(-(Mu(t) + normal)));

    /// <summary>The median strength at time t.</summary>
    public double Median(double t) => Strength(t, 0);
}
