using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>What chance decides about one batch's loss of Stable Video Diffusion.</summary>
public sealed record EdmDraws
{
    /// <summary>Noise levels, one for each clip; above 0.</summary>
    public required IReadOnlyList<double> Sigmas { get; init; }

    /// <summary>Noise on the latents, (B, T, C, h, w).</summary>
    public required Tensor Noise { get; init; }

    /// <summary>Strength of the noise on the conditional latents, one for each clip, or null for none.</summary>
    public IReadOnlyList<double>? ConditionStrength { get; init; }

    /// <summary>
    /// That noise: (B, 1, C, h, w), a draw for each element as in the paper, or (B, 1, 1, 1, 1), one for each clip as in the
    /// published code.
    /// </summary>
    public Tensor? ConditionNoise { get; init; }
}
