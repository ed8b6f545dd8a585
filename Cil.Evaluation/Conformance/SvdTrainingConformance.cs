using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// One step of fine-tuning Stable Video Diffusion, with TimeNoise and naively (baseline), with the networks of other cases
/// (unet, vae).
/// </summary>
internal sealed class SvdTrainingConformance : IConformanceComponent
{
    private const string TimeNoised = "timenoise", Naive = "baseline";
    private const double HighestSigma = 700;

    public string Name => "Stable Video Diffusion training step (unet, vae, sigma_data)";

    public IReadOnlyCollection<string> Inputs { get; } =
        [
            "latents", "encoder_hidden_states", "first_frame", "noise", "sigma_normal", "beta_normal",
            "cond_normal", "vae_sample_noise", "cond_pixel_noise", "cond_sigma_normal",
        ];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("sigma_data", out _) && reference.Config.TryGetProperty("unet", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("latents", "encoder_hidden_states", "first_frame");
        return [.. Step(reference, TimeNoised), .. Step(reference, Naive)];
    }

    private static List<ConformanceValue> Step(ConformanceCase reference, string run)
    {
        ConformanceCase network = reference.Other("unet");
        using var step = new TrainingStep(reference, network);
        var unet = new SvdUNet(network.Convert(SvdUNetConfig.Read), WeightScope.Root(step.Weights));
        float[] sigmas = [.. Floats("sigma_normal").Select(normal => (float)EdmLoss.Levels.At(normal))];
        var distribution = new TimeNoiseDistribution(reference.Parameters<double>("beta_m"), reference.Parameters<double>("a"));
        float[] strengths = run == TimeNoised
            ? [.. Floats("beta_normal").Select((normal, clip) => (float)distribution.Strength(sigmas[clip] / HighestSigma, normal))]
            : [.. Floats("cond_sigma_normal").Select(normal => (float)EdmLoss.Levels.At(normal))];
        long clips = strengths.Length;
        // Frames a second, motion, and how strongly the picture was corrupted.
        Tensor conditions = stack([full([clips], Number("fps")), full([clips], Number("motion_bucket_id")), tensor(strengths)], 1).to(
            reference.Device);
        Tensor condition = Condition(reference, run, strengths);
        List<ConformanceValue> seen = [($"{run}.unet_added_time_ids", conditions)];
        Tensor loss = EdmLoss.Compute(
            (x, noise) =>
            {
                Tensor output = unet.Forward(x, noise, reference["encoder_hidden_states"], conditions, TimeContextOrder.Legacy);
                seen.AddRange(
                    [($"{run}.unet_input", Kept(x)), ($"{run}.unet_timestep", Kept(noise)), ($"{run}.unet_output", Kept(output))]);
                return output;
            },
            reference["latents"],
            condition,
            new EdmDraws
            {
                Sigmas = [.. sigmas.Select(sigma => (double)sigma)],
                Noise = reference[$"{run}.noise"],
                ConditionStrength = run == TimeNoised ? [.. strengths.Select(strength => (double)strength)] : null,
                ConditionNoise = run == TimeNoised ? reference[$"{run}.cond_normal"] : null,
            });
        return [.. seen, .. step.Outputs($"{run}.", $"grad_norms_{run}.json", loss, Number("learning_rate"), Number("max_grad_norm"))];

        float[] Floats(string name) => reference[$"{run}.{name}"].cpu().data<float>().ToArray();

        double Number(string name) => reference.Parameters<JsonElement>(name).GetDouble();
    }

    // Beyond the loss's own scope.
    private static Tensor Kept(Tensor tensor) => tensor.detach().clone().MoveToOuterDisposeScope();

    // A sample of the first frame's posterior, not scaled; the baseline's frame has noise on its pixels.
    private static Tensor Condition(ConformanceCase reference, string run, float[] strengths)
    {
        using IDisposable still = no_grad();
        ConformanceCase pictures = reference.Other("vae");
        CheckpointWeights weights = pictures.Weights();
        var autoencoder = new SvdAutoencoder(pictures.Convert(SvdAutoencoderConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        Tensor frame = reference["first_frame"];
        if (run == Naive)
            frame = frame + (reference[$"{run}.cond_pixel_noise"] * tensor(strengths).to(reference.Device).view(-1, 1, 1, 1, 1));
        (Tensor mean, Tensor logVariance) = autoencoder.Encode(frame.squeeze(1));
        return mean + ((logVariance * 0.5).exp() * reference[$"{run}.vae_sample_noise"]);
    }
}
