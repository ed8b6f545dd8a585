using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Whole runs of VideoCrafter1 with the networks of other cases (unet, autoencoder): tables, latents after every step, and
/// frames. config.json has `runs`, or `M` for runs named MT.intended and MT.as_released that start from Analytic-Init.
/// </summary>
internal sealed partial class VideoCrafterLoopConformance : IConformanceComponent
{
    // In parts of a single pass's: guidance of 12 enlarges rounding, and so does every step after it.
    private const double First = 5, Later = 30, Picture = 50;
    private const string Frames = "frames.";

    public string Name => "VideoCrafter1 run (unet, model with use_scale, ddim_steps)";

    public IReadOnlyCollection<string> Inputs =>
    [
        "text", "image_tokens", "uncond_text", "uncond_image_tokens", "fps", "x_T",
        "expectation_x0", "trcov_d", "eps", .. Enumerable.Range(0, 1000).Select(i => $"noise_{i}"),
    ];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("ddim_steps", out _) && reference.Config.TryGetProperty("model", out JsonElement model)
            && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("use_scale", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("text", "image_tokens", "uncond_text", "uncond_image_tokens", "fps", "noise_0");
        var schedule = new NoiseSchedule(new ScheduleOptions
        {
            Parameterization = Parameterization.Eps,
            LinearStart = reference.Parameters<double>("model", "linear_start"),
            LinearEnd = reference.Parameters<double>("model", "linear_end"),
            ZeroTerminalSnr = false,
            BaseScale = reference.Parameters<bool>("model", "use_scale") ? reference.Parameters<double>("model", "scale_b") : null,
            RescaleToTimeZero = true,
        });
        ConformanceCase network = reference.Other("unet");
        CheckpointWeights weights = network.Weights();
        VideoUNet unet = VideoUNetConformance.Build(network, weights);
        weights.Verify();
        return reference.Config.TryGetProperty("M", out _)
            ? Started(reference, unet, schedule)
            : [.. Tables(reference, schedule), .. Plain(reference, unet, schedule)];
    }

    private static IEnumerable<ConformanceValue> Tables(ConformanceCase reference, NoiseSchedule schedule)
    {
        foreach (string name in reference.Names.Order(StringComparer.Ordinal))
        {
            Tensor? value = TableName().Match(name) is { Success: true } table
                ? Table(Grid(schedule, Number(table, "steps"), schedule.Count, Number(table, "eta")), table.Groups["table"].Value)
                : name.StartsWith("schedule.", StringComparison.Ordinal)
                    ? DdimTablesConformance.OfSchedule(schedule, name["schedule.".Length..], reference[name].size(0))
                : null;
            if (value is not null) yield return (name, value);
        }

        static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static IEnumerable<ConformanceValue> Plain(ConformanceCase reference, VideoUNet unet, NoiseSchedule schedule)
    {
        foreach (JsonProperty run in reference.Parameters<JsonElement>("runs").EnumerateObject())
        {
            DdimTables tables = Grid(
                schedule, reference.Parameters<int>("ddim_steps"), schedule.Count, reference.Parameters<double>("runs", run.Name, "eta"));
            if (reference.Has($"{run.Name}.timesteps"))
                yield return ($"{run.Name}.timesteps", Table(tables, "timesteps")!.flip(0)); // as they are called
            Tensor last = reference["x_T"];
            foreach ((ConformanceValue latents, ConformanceValue clean) in Steps(
                reference, unet, tables, $"{run.Name}.",
                reference.Parameters<double>("runs", run.Name, "unconditional_guidance_scale"), last))
            {
                last = latents.Value;
                yield return latents;
                yield return clean;
            }

            if (reference.Has(Frames + run.Name)) yield return new(Frames + run.Name, Decode(reference, last), Allowance: Picture);
        }
    }

    private static IEnumerable<ConformanceValue> Started(ConformanceCase reference, VideoUNet unet, NoiseSchedule schedule)
    {
        foreach (int start in reference.Parameters<int[]>("M"))
        {
            // The stored starts are the published ones, also of the runs that are intended: without the schedule's scale.
            var gaussian = StartingGaussian.At(schedule, start, reference["trcov_d"].item<float>(), AnalyticInitMode.RepoCompat);
            Tensor mean = reference["expectation_x0"] * gaussian.MeanScale, x = mean + (reference["eps"] * gaussian.Deviation);
            yield return ($"M{start}.sqrt_alpha_bar", tensor(new[] { (float)gaussian.MeanScale }));
            yield return ($"M{start}.mean", mean);
            yield return ($"M{start}.std", tensor(new[] { (float)gaussian.Deviation }));
            yield return ($"M{start}.x_T", x);
            foreach ((string kind, int times) in new[] { ("as_released", schedule.Count), ("intended", start) })
            {
                string prefix = $"M{start}.{kind}.";
                if (!reference.Has($"{prefix}x_1")) continue;
                DdimTables tables = Grid(schedule, reference.Parameters<int>("ddim_steps"), times, reference.Parameters<double>("eta"));
                foreach (string table in (string[])[
                    "timesteps", "ddim_alphas", "ddim_alphas_prev", "ddim_sigmas",
                    "ddim_sqrt_one_minus_alphas", "ddim_scale_arr", "ddim_scale_arr_prev",
                ])
                {
                    yield return (prefix + table, Table(tables, table)!);
                }

                foreach ((ConformanceValue latents, ConformanceValue clean) in Steps(
                    reference, unet, tables, prefix, reference.Parameters<double>("unconditional_guidance_scale"), x))
                {
                    yield return latents;
                    yield return clean;
                }
            }
        }
    }

    private static IEnumerable<(ConformanceValue Latents, ConformanceValue Clean)> Steps(
        ConformanceCase reference, VideoUNet unet, DdimTables tables, string prefix, double guidance, Tensor x)
    {
        for (int step = 0; step < tables.Count; step++)
        {
            int index = tables.Count - 1 - step;
            Tensor output = Call(x, tables.Timesteps[index], "text", "image_tokens");
            if (guidance != 1)
                output = Guidance.Classifier(output, Call(x, tables.Timesteps[index], "uncond_text", "uncond_image_tokens"), guidance);
            (x, Tensor clean) = DdimStep.Apply(x, output, tables, index, Parameterization.Eps, reference[$"noise_{step}"]);
            double allowance = step == 0 ? First : Later;
            // The original stores x0 before the next time's scale is put on it.
            yield return (new(
                $"{prefix}x_{step + 1}", x,
                Allowance: allowance), new($"{prefix}pred_x0_{step + 1}", clean / tables.ScalePrevious[index], Allowance: allowance));
        }

        Tensor Call(Tensor at, int time, string text, string image) =>
            unet.Forward(
                at, tensor(new long[] { time }).to(reference.Device), cat([reference[text], reference[image]], 1), reference["fps"]);
    }

    private static DdimTables Grid(NoiseSchedule schedule, int steps, int times, double eta) =>
        new(schedule, DdimGrid.Timesteps(TimestepSpacing.Uniform, steps, times), eta);

    private static Tensor? Table(DdimTables tables, string name) => name switch
    {
        "ddim_scale_arr" => tensor(tables.Scale),
        "ddim_scale_arr_prev" => tensor(tables.ScalePrevious),
        _ => DdimTablesConformance.Table(tables, name),
    };

    private static Tensor Decode(ConformanceCase reference, Tensor latents)
    {
        ConformanceCase pictures = reference.Other("autoencoder");
        CheckpointWeights weights = pictures.Weights();
        var autoencoder = new KlAutoencoder(
            pictures.Parameters<AutoencoderConfig>("params", "ddconfig"),
            pictures.Parameters<int>("params", "embed_dim"), WeightScope.Root(weights));
        weights.Verify();
        Tensor frames = autoencoder.Decode(
            (latents / reference.Parameters<double>("model", "scale_factor")).squeeze(0).transpose(0, 1)); // (T, 3, H, W)
        return frames.transpose(0, 1).unsqueeze(0); // (1, 3, T, H, W)
    }

    [GeneratedRegex(@"^tables\.steps(?<steps>[1-9]\d{0,3})\.eta(?<eta>[01])\.(?<table>\w+)$")]
    private static partial Regex TableName();
}
