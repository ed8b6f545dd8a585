using System.Globalization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Whole runs of Stable Video Diffusion with the networks of other cases (unet, vae): latents after every step, and frames. With
/// M in config.json there are several runs, named intended.sigma_maxM and as_released.sigma_maxM, that start from Analytic-Init.
/// </summary>
internal sealed class SvdLoopConformance : IConformanceComponent
{
    // In parts of a single pass's: the first call hears image latents, which went through the encoder; steps enlarge rounding.
    private const double Call = 2, Step = 10, Picture = 20;

    public string Name => "Stable Video Diffusion run (unet, vae, scheduler)";

    public IReadOnlyCollection<string> Inputs { get; } =
        ["image", "image_noise", "image_embeds", "init_noise", "expectation_x0", "trcov_d"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("scheduler", out _)
            && reference.Config.TryGetProperty("unet", out _)
            && reference.Config.TryGetProperty("vae", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("image", "image_embeds");
        var run = new SvdLoop(reference);
        return reference.Config.TryGetProperty("M", out _)
            ? reference.Names.Where(name => name.EndsWith(".init_noise", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .SelectMany(name => Started(reference, run, name[..^"init_noise".Length]))
            : Plain(reference, run);
    }

    private static IEnumerable<ConformanceValue> Plain(ConformanceCase reference, SvdLoop run)
    {
        var sigmas = new KarrasSigmas(reference.Parameters<double>("scheduler", "sigma_max"), run.Steps);
        Tensor image = run.ImageLatents(reference["image_noise"]), x = reference["init_noise"] * sigmas.InitialDeviation;
        yield return new("image_latents", image, Allowance: Call);
        yield return new("first_unet_input", SvdLoop.Input(x, image, sigmas.Sigmas[0]), Allowance: Call);
        yield return ("first_unet_timestep", tensor(sigmas.Noise.Take(1).ToArray()));
        yield return ("first_unet_added_time_ids", run.Conditions(2 * x.size(0)));
        yield return ("first_unet_encoder_hidden_states", run.Tokens);
        yield return new("first_unet_output", run.Call(x, image, sigmas, 0), Allowance: Call);
        foreach (ConformanceValue value in Steps(reference, run, "", sigmas, image, x)) yield return value;
    }

    private static IEnumerable<ConformanceValue> Started(ConformanceCase reference, SvdLoop run, string prefix)
    {
        double highest = double.Parse(prefix.Split("sigma_max")[1].TrimEnd('.'), CultureInfo.InvariantCulture);
        AnalyticInitMode mode = prefix.StartsWith("intended", StringComparison.Ordinal)
            ? AnalyticInitMode.Paper
            : AnalyticInitMode.RepoCompat;
        var sigmas = new KarrasSigmas(highest, run.Steps);
        Tensor expectation = reference["expectation_x0"], noise = reference[$"{prefix}init_noise"];
        double deviation = sigmas.InitialDeviation, variance = reference["trcov_d"].item<float>();
        // The stored "intended" has the scheduler's sigma_max² + 1 besides the paper's mean and variance.
        Tensor x = mode == AnalyticInitMode.Paper
            ? expectation + (noise * Math.Sqrt((deviation * deviation) + variance))
            : StartingGaussian.Published(sigmas, expectation, variance, noise);
        return Steps(reference, run, prefix, sigmas, run.ImageLatents(reference[$"{prefix}image_noise"]), x);
    }

    private static IEnumerable<ConformanceValue> Steps(
        ConformanceCase reference, SvdLoop run, string prefix, KarrasSigmas sigmas, Tensor image, Tensor x)
    {
        yield return ($"{prefix}sigmas", tensor(sigmas.Sigmas.ToArray()));
        yield return ($"{prefix}timesteps", tensor(sigmas.Noise.ToArray()));
        yield return ($"{prefix}latents_0", x);
        for (int step = 0; step < run.Steps; step++)
        {
            x = run.Step(x, image, sigmas, step);
            string name = $"{prefix}latents_{step + 1}";
            if (reference.Has(name)) yield return new(name, x, Allowance: Step);
        }

        if (reference.Has($"{prefix}latents_final")) yield return new($"{prefix}latents_final", x, Allowance: Step);
        yield return new($"{prefix}frames", run.Decode(x), Allowance: Picture);
    }
}
