using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>
/// The training loss of DynamiCrafter with CIL's noise on the condition (examples/DynamiCrafter/lvdm/models/ddpm3d.py,
/// p_losses and DiffusionWrapper): mean squared error of v or of the noise.
/// </summary>
public sealed class DiffusionLoss(NoiseSchedule schedule)
{
    /// <summary>A latent this far from the conditional one, in mean absolute value over channels, counts as moving.</summary>
    private const double MovingThreshold = 0.2;

    /// <summary>The loss of a batch.</summary>
    /// <param name="network">
    /// Gives (B, C, T, h, w) for the input (B, 2 C, T, h, w), or (B, C, T, h, w) without a condition, and the times (B),
    /// int64.
    /// </param>
    /// <param name="latents">Scaled latents, (B, C, T, h, w), float32.</param>
    /// <param name="condition">
    /// Scaled latents of the conditional frame, (B, C, 1, h, w); null for a model that sees the picture only through its
    /// tokens (VideoCrafter1).
    /// </param>
    /// <param name="motionWeight">Extra weight of what moves against the condition; 0 for the published loss.</param>
    /// <returns>A scalar with its graph.</returns>
    public Tensor Compute(
        Func<Tensor, Tensor, Tensor> network, Tensor latents, Tensor? condition, DiffusionDraws draws, double motionWeight = 0)
    {
        if (draws.Timesteps.Count != latents.size(0) || !draws.Noise.shape.SequenceEqual(latents.shape))
        {
            throw new ArgumentException(
                $"draws: expected {latents.size(0)} times and noise of ({string.Join(", ", latents.shape)}), got "
                    + $"{draws.Timesteps.Count} and ({string.Join(", ", draws.Noise.shape)}).");
        }

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<int> times = draws.Timesteps;
        Tensor PerClip(IEnumerable<double> values) => DiffusionLoss.PerClip(values, latents.device);
        Tensor signal = PerClip(times.Select(t => Math.Sqrt(schedule.AlphasCumprod[t])));
        Tensor noise = PerClip(times.Select(t => Math.Sqrt(1 - (double)schedule.AlphasCumprod[t])));
        // Both the noised latents and the target take the rescaled latents.
        Tensor clean = schedule.Options.BaseScale is null ? latents : latents * PerClip(times.Select(t => (double)schedule.Scale[t]));
        Tensor noisy = (clean * signal) + (draws.Noise * noise);
        Tensor input = condition is null ? noisy : cat([noisy, Condition(latents, condition, draws)], 1); // (B, 2 C, T, h, w)
        Tensor output = network(input, tensor(times.Select(t => (long)t).ToArray()).to(latents.device)).to(ScalarType.Float32);
        Tensor target = schedule.Options.Parameterization == Parameterization.V ? (draws.Noise * signal) - (clean * noise) : draws.Noise;
        Tensor error = (output - target).square();
        return (motionWeight == 0 || condition is null
            ? error.mean()
            : (error * Weights(latents, condition, motionWeight)).mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Condition(Tensor latents, Tensor condition, DiffusionDraws draws)
    {
        Tensor repeated = condition.expand(latents.shape);
        return draws is { ConditionStrength: { } strength, ConditionNoise: { } noise }
            ? repeated + (noise * PerClip(strength, latents.device))
            : repeated;
    }

    // Mean 1 over the batch, so that the learning rate keeps its meaning.
    private static Tensor Weights(Tensor latents, Tensor condition, double extra)
    {
        Tensor moving = (latents - condition).abs().mean([1], keepdim: true).gt(MovingThreshold).to(ScalarType.Float32); // (B, 1, T, h, w)
        Tensor weights = (moving * extra) + 1;
        return weights / weights.mean();
    }

    private static Tensor PerClip(IEnumerable<double> values, Device device) =>
        tensor(values.Select(v => (float)v).ToArray()).to(device).view(-1, 1, 1, 1, 1);
}
