using static TorchSharp.torch;

namespace Cil.Training.Trainers;

/// <summary>Training of a small KL autoencoder from scratch.</summary>
public sealed record AutoencoderTrainerOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Where it is trained.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Pictures a step.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>
    /// Weight of the mean KL divergence of a latent beside the mean absolute error of a colour (in [-1, 1]). It keeps latents
    /// near unit size and smooth; small, because sharp pictures matter more.
    /// </summary>
    public double KlWeight { get; init; } = 1e-3;

    /// <summary>Set the encoder in closed form (<see cref="PrincipalEncoder"/>) and train the decoder alone.</summary>
    public bool PrincipalEncoder { get; init; } = true;

    /// <summary>Compute in bfloat16 (masters and norms stay float32).</summary>
    public bool BFloat16 { get; init; } = true;
}
