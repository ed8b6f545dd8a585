using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>What chance decides about one batch's loss.</summary>
public sealed record DiffusionDraws
{
    /// <summary>Times 0…999, one for each clip.</summary>
    public required IReadOnlyList<int> Timesteps { get; init; }

    /// <summary>Noise on the latents, (B, C, T, h, w).</summary>
    public required Tensor Noise { get; init; }

    /// <summary>Strength of the noise on the conditional latents, one for each clip, or null for none.</summary>
    public IReadOnlyList<double>? ConditionStrength { get; init; }

    /// <summary>That noise, (B, C, T, h, w): a separate draw for every frame.</summary>
    public Tensor? ConditionNoise { get; init; }
}
