using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cil.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// The Euler sampler on Karras' sigmas: outputs named sigma_maxS.stepsN.sigmas, .timesteps and .init_noise_sigma; and
/// steps.scaled_input_i, steps.pred_original_sample_i, steps.sample_(i+1) from steps.sample_i and steps.model_output_i.
/// </summary>
internal sealed partial class EulerConformance : IConformanceComponent
{
    public string Name => "Euler sampler (EulerDiscreteScheduler with Karras sigmas and v-prediction)";

    public IReadOnlyCollection<string> Inputs =>
        ["steps.sample_0", .. Enumerable.Range(0, 1000).Select(i => $"steps.model_output_{i}"), "betas", "alphas_cumprod"];

    public bool Recognises(ConformanceCase reference) => reference.IsClass("EulerDiscreteScheduler");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        Demand(reference, "prediction_type", "v_prediction");
        Demand(reference, "timestep_type", "continuous");
        Demand(reference, "use_karras_sigmas", "True");
        Demand(reference, "sigma_min", KarrasSigmas.Lowest.ToString(CultureInfo.InvariantCulture));
        foreach (string name in reference.Names.Order(StringComparer.Ordinal))
        {
            if (TableName().Match(name) is not { Success: true } table) continue;
            var sigmas = new KarrasSigmas(
                double.Parse(table.Groups["sigma"].Value, CultureInfo.InvariantCulture),
                int.Parse(table.Groups["steps"].Value, CultureInfo.InvariantCulture));
            yield return (name, table.Groups["table"].Value switch
            {
                "sigmas" => tensor(sigmas.Sigmas.ToArray()),
                "timesteps" => tensor(sigmas.Noise.ToArray()),
                _ => tensor(new[] { (float)sigmas.InitialDeviation }),
            });
        }

        int steps = reference.Names.Count(name => name.StartsWith("steps.model_output_", StringComparison.Ordinal));
        if (steps == 0) yield break;
        var run = new KarrasSigmas(reference.Parameters<double>("sigma_max"), steps);
        Tensor x = reference["steps.sample_0"];
        for (int i = 0; i < steps; i++)
        {
            yield return ($"steps.scaled_input_{i}", EulerStep.ScaledInput(x, run.Sigmas[i]));
            (x, Tensor clean) = EulerStep.Apply(x, reference[$"steps.model_output_{i}"], run.Sigmas[i], run.Sigmas[i + 1]);
            yield return ($"steps.pred_original_sample_{i}", clean);
            yield return ($"steps.sample_{i + 1}", x);
        }
    }

    private static void Demand(ConformanceCase reference, string name, string value)
    {
        string given = reference.Config.TryGetProperty(name, out JsonElement element) ? element.ToString() : "nothing";
        if (given != value) throw new ConformanceException($"{reference.Folder}: config.json: {name}: expected {value}, got {given}");
    }

    [GeneratedRegex(@"^sigma_max(?<sigma>[\d.]+)\.steps(?<steps>[1-9]\d{0,3})\.(?<table>sigmas|timesteps|init_noise_sigma)$")]
    private static partial Regex TableName();
}
