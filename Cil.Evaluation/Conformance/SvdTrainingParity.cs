using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>One step of fine-tuning Stable Video Diffusion, with TimeNoise and naively (baseline), with the networks of other cases (unet, vae).</summary>
internal sealed class SvdTrainingParity : IParityComponent
{
    private const string TimeNoised = "timenoise", Naive = "baseline";
    private const double HighestSigma = 700;

    public string Name => "Stable Video Diffusion training step (unet, vae, sigma_data)";

    public IReadOnlyCollection<string> Inputs { get; } =
        ["latents", "encoder_hidden_states", "first_frame", "noise", "sigma_normal", "beta_normal", "cond_normal", "vae_sample_noise", "cond_pixel_noise", "cond_sigma_normal"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("sigma_data", out _) && parity.Config.TryGetProperty("unet", out _);

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("latents", "encoder_hidden_states", "first_frame");
        return [.. Step(parity, TimeNoised), .. Step(parity, Naive)];
    }

    private static List<ParityValue> Step(ParityCase parity, string run)
    {
        ParityCase network = parity.Other("unet");
        using var step = new TrainingStep(parity, network);
        var unet = new SvdUNet(network.Convert(SvdUNetConfig.Read), WeightScope.Root(step.Weights));
        float[] sigmas = [.. Floats("sigma_normal").Select(normal => (float)EdmLoss.Sigma(normal))];
        var distribution = new TimeNoiseDistribution(parity.Parameters<double>("beta_m"), parity.Parameters<double>("a"));
        float[] strengths = run == TimeNoised
            ? [.. Floats("beta_normal").Select((normal, clip) => (float)distribution.Strength(sigmas[clip] / HighestSigma, normal))]
            : [.. Floats("cond_sigma_normal").Select(normal => (float)EdmLoss.Sigma(normal))];
        long clips = strengths.Length;
        // Frames a second, motion, and how strongly the picture was corrupted.
        Tensor conditions = stack([full([clips], Number("fps")), full([clips], Number("motion_bucket_id")), tensor(strengths)], 1).to(parity.Device);
        Tensor condition = Condition(parity, run, strengths);
        List<ParityValue> seen = [($"{run}.unet_added_time_ids", conditions)];
        Tensor loss = EdmLoss.Compute(
            (x, noise) =>
            {
                Tensor output = unet.Forward(x, noise, parity["encoder_hidden_states"], conditions, TimeContextOrder.Legacy);
                seen.AddRange([($"{run}.unet_input", Kept(x)), ($"{run}.unet_timestep", Kept(noise)), ($"{run}.unet_output", Kept(output))]);
                return output;
            },
            parity["latents"],
            condition,
            new EdmDraws
            {
                Sigmas = [.. sigmas.Select(sigma => (double)sigma)],
                Noise = parity[$"{run}.noise"],
                ConditionStrength = run == TimeNoised ? [.. strengths.Select(strength => (double)strength)] : null,
                ConditionNoise = run == TimeNoised ? parity[$"{run}.cond_normal"] : null,
            });
        return [.. seen, .. step.Outputs($"{run}.", $"grad_norms_{run}.json", loss, Number("learning_rate"), Number("max_grad_norm"))];

        float[] Floats(string name) => parity[$"{run}.{name}"].cpu().data<float>().ToArray();

        double Number(string name) => parity.Parameters<JsonElement>(name).GetDouble();
    }

    // Beyond the loss's own scope.
    private static Tensor Kept(Tensor tensor) => tensor.detach().clone().MoveToOuterDisposeScope();

    // A sample of the first frame's posterior, not scaled; the baseline's frame has noise on its pixels.
    private static Tensor Condition(ParityCase parity, string run, float[] strengths)
    {
        using IDisposable still = no_grad();
        ParityCase pictures = parity.Other("vae");
        CheckpointWeights weights = pictures.Weights();
        var autoencoder = new SvdAutoencoder(pictures.Convert(SvdAutoencoderConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        Tensor frame = parity["first_frame"];
        if (run == Naive) frame = frame + (parity[$"{run}.cond_pixel_noise"] * tensor(strengths).to(parity.Device).view(-1, 1, 1, 1, 1));
        (Tensor mean, Tensor logVariance) = autoencoder.Encode(frame.squeeze(1));
        return mean + ((logVariance * 0.5).exp() * parity[$"{run}.vae_sample_noise"]);
    }
}
