using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>
/// The training loss of Stable Video Diffusion with CIL's noise on the condition: clean latents from a network that predicts v on
/// Karras' noise levels, weighed by (sigma² + 1) / sigma² (examples/SVD/svd/training/loss.py, EDMLossTimeNoise and EDMLossBaseline).
/// </summary>
public static class EdmLoss
{
    /// <summary>The noise levels of the published fine-tuning.</summary>
    public static LogNormal Levels { get; } = new(-1.2, 1.2);

    /// <summary>The loss of a batch.</summary>
    /// <param name="network">Gives (B, T, C, h, w) for the input (B, T, 2 C, h, w) and c_noise = ln(sigma) / 4, (B).</param>
    /// <param name="latents">Scaled latents, (B, T, C, h, w), float32.</param>
    /// <param name="condition">Latents of the conditional frame, not scaled, (B, C, h, w).</param>
    /// <returns>A scalar with its graph.</returns>
    /// <exception cref="ArgumentException">The draws are of another shape.</exception>
    public static Tensor Compute(Func<Tensor, Tensor, Tensor> network, Tensor latents, Tensor condition, EdmDraws draws)
    {
        if (draws.Sigmas.Count != latents.size(0) || !draws.Noise.shape.SequenceEqual(latents.shape))
        {
            throw new ArgumentException(
                $"draws: expected {latents.size(0)} noise levels and noise of ({string.Join(", ", latents.shape)}), got "
                    + $"{draws.Sigmas.Count} and ({string.Join(", ", draws.Noise.shape)}).");
        }

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<double> sigmas = draws.Sigmas;
        Tensor PerClip(IEnumerable<double> values) =>
            tensor(values.Select(value => (float)value).ToArray()).to(latents.device).view(-1, 1, 1, 1, 1);
        Tensor noisy = latents + (draws.Noise * PerClip(sigmas));
        Tensor corrupted = condition.unsqueeze(1); // (B, 1, C, h, w): corrupted once, then repeated
        if (draws is { ConditionStrength: { } strength, ConditionNoise: { } noise }) corrupted = corrupted + (noise * PerClip(strength));
        Tensor input = cat(
            [noisy * PerClip(sigmas.Select(sigma => 1 / Math.Sqrt((sigma * sigma) + 1))), corrupted.expand(latents.shape)], 2);
        Tensor output = network(input, tensor(sigmas.Select(sigma => (float)(0.25 * Math.Log(sigma))).ToArray()).to(latents.device)).to(
            float32);
        Tensor clean = (output * PerClip(sigmas.Select(sigma => -sigma / Math.Sqrt((sigma * sigma) + 1))))
            + (noisy * PerClip(sigmas.Select(sigma => 1 / ((sigma * sigma) + 1))));
        return ((clean - latents).square() * PerClip(sigmas.Select(sigma => ((sigma * sigma) + 1) / (sigma * sigma))))
            .mean()
            .MoveToOuterDisposeScope();
    }
}
