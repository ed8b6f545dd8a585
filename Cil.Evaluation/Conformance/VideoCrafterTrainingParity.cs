using System.Text.Json;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// One step of fine-tuning VideoCrafter1 with TimeNoise on the image tokens, with the network of another case (unet): as_released,
/// where the network is not told the frame rate, and intended, where it is.
/// </summary>
internal sealed class VideoCrafterTrainingParity : IParityComponent
{
    public string Name => "VideoCrafter1 training step (unet, model with use_scale, gradient_clip_val)";

    public IReadOnlyCollection<string> Inputs { get; } = ["z", "text", "image_tokens", "t", "fps", "noise", "beta_normal", "cond_noise"];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("gradient_clip_val", out _) && parity.Config.TryGetProperty("model", out JsonElement model)
        && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("use_scale", out _);

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("z", "text", "image_tokens", "t", "fps", "noise", "beta_normal", "cond_noise");
        var distribution = new TimeNoiseDistribution(Number(parity, "beta_m"), Number(parity, "a"), Number(parity, "mu_max"));
        int[] times = [.. parity["t"].data<long>().ToArray().Select(time => (int)time)];
        int all = parity.Parameters<int>("model", "timesteps");
        float[] strengths = [.. parity["beta_normal"].data<float>().ToArray().Select((normal, clip) => (float)distribution.Strength(times[clip] / (double)all, normal))];
        Tensor tokens = parity["image_tokens"] + (parity["cond_noise"] * tensor(strengths).to(parity.Device).view(-1, 1, 1));
        return
        [
            ("beta_s", tensor(strengths)), ("noisy_image_tokens", tokens),
            .. Step(parity, "as_released", times, tokens, null), .. Step(parity, "intended", times, tokens, parity["fps"]),
        ];
    }

    private static List<ParityValue> Step(ParityCase parity, string run, int[] times, Tensor tokens, Tensor? fps)
    {
        ParityCase network = parity.Other("unet");
        using var step = new TrainingStep(parity, network);
        VideoUNet unet = VideoUNetParity.Build(network, step.Weights);
        var schedule = new NoiseSchedule(new ScheduleOptions
        {
            Parameterization = Parameterization.Eps, LinearStart = parity.Parameters<double>("model", "linear_start"), LinearEnd = parity.Parameters<double>("model", "linear_end"),
            ZeroTerminalSnr = false, BaseScale = parity.Parameters<double>("model", "scale_b"), RescaleToTimeZero = true,
        });
        List<ParityValue> seen = [];
        Tensor loss = new DiffusionLoss(schedule).Compute(
            (x, at) =>
            {
                Tensor output = unet.Forward(x, at, cat([parity["text"], tokens], 1), fps);
                seen.AddRange([($"{run}.unet_input", Kept(x)), ($"{run}.unet_output", Kept(output))]);
                return output;
            },
            parity["z"],
            condition: null,
            new DiffusionDraws { Timesteps = times, Noise = parity["noise"] });
        return [.. seen, .. step.Outputs($"{run}.", $"grad_norms_{run}.json", loss, Number(parity, "learning_rate"), Number(parity, "gradient_clip_val"))];
    }

    // Beyond the loss's own scope.
    private static Tensor Kept(Tensor tensor) => tensor.detach().clone().MoveToOuterDisposeScope();

    private static double Number(ParityCase parity, string name) => parity.Parameters<JsonElement>(name).GetDouble();
}
