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
internal sealed class VideoCrafterTrainingConformance : IConformanceComponent
{
    public string Name => "VideoCrafter1 training step (unet, model with use_scale, gradient_clip_val)";

    public IReadOnlyCollection<string> Inputs { get; } = ["z", "text", "image_tokens", "t", "fps", "noise", "beta_normal", "cond_noise"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("gradient_clip_val", out _) && reference.Config.TryGetProperty("model", out JsonElement model)
            && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("use_scale", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("z", "text", "image_tokens", "t", "fps", "noise", "beta_normal", "cond_noise");
        var distribution = new TimeNoiseDistribution(Number(reference, "beta_m"), Number(reference, "a"), Number(reference, "mu_max"));
        int[] times = [.. reference["t"].data<long>().ToArray().Select(time => (int)time)];
        int all = reference.Parameters<int>("model", "timesteps");
        float[] strengths = [.. reference["beta_normal"].data<float>()
            .ToArray()
            .Select((normal, clip) => (float)distribution.Strength(times[clip] / (double)all, normal))];
        Tensor tokens = reference["image_tokens"] + (reference["cond_noise"] * tensor(strengths).to(reference.Device).view(-1, 1, 1));
        return
        [
            ("beta_s", tensor(strengths)), ("noisy_image_tokens", tokens),
            .. Step(reference, "as_released", times, tokens, null), .. Step(reference, "intended", times, tokens, reference["fps"]),
        ];
    }

    private static List<ConformanceValue> Step(ConformanceCase reference, string run, int[] times, Tensor tokens, Tensor? fps)
    {
        ConformanceCase network = reference.Other("unet");
        using var step = new TrainingStep(reference, network);
        VideoUNet unet = VideoUNetConformance.Build(network, step.Weights);
        var schedule = new NoiseSchedule(new ScheduleOptions
        {
            Parameterization = Parameterization.Eps, LinearStart = reference.Parameters<double>("model", "linear_start"),
            LinearEnd = reference.Parameters<double>("model", "linear_end"),
            ZeroTerminalSnr = false, BaseScale = reference.Parameters<double>("model", "scale_b"), RescaleToTimeZero = true,
        });
        List<ConformanceValue> seen = [];
        Tensor loss = new DiffusionLoss(schedule).Compute(
            (x, at) =>
            {
                Tensor output = unet.Forward(x, at, cat([reference["text"], tokens], 1), fps);
                seen.AddRange([($"{run}.unet_input", Kept(x)), ($"{run}.unet_output", Kept(output))]);
                return output;
            },
            reference["z"],
            condition: null,
            new DiffusionDraws { Timesteps = times, Noise = reference["noise"] });
        return
        [
            .. seen,
            .. step.Outputs(
                $"{run}.", $"grad_norms_{run}.json", loss, Number(reference, "learning_rate"), Number(reference, "gradient_clip_val")),
        ];
    }

    // Beyond the loss's own scope.
    private static Tensor Kept(Tensor tensor) => tensor.detach().clone().MoveToOuterDisposeScope();

    private static double Number(ConformanceCase reference, string name) => reference.Parameters<JsonElement>(name).GetDouble();
}
