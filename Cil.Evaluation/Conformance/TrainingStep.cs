using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// One stored training step: the loss, the gradients' norms (a file of name to norm), the gradients of some parameters before
/// clipping, and those parameters after a step of AdamW.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    // In parts of a single pass's tolerance: a backward pass doubles the sums, and AdamW's first step is about the gradient's sign.
    // On libtorch 2.10 the largest difference of a norm is 0.0025, in a step of VideoCrafter1; the originals ran on 1.13.
    private const double Gradients = 10, Norms = 30, Changes = 100, Numbers = 0.1;

    // Gradients that are zero in exact arithmetic come out as rounding noise, which is small beside this norm; and where a gradient
    // is as small as AdamW's epsilon, its step tells nothing.
    private const double SmallNorm = 1e-3, Telling = 1e-6;

    private readonly ConformanceCase reference;
    private readonly TrainingWeights weights;
    private readonly IDisposable gradients = set_grad_enabled(true);

    /// <param name="network">The case whose weights the step starts from.</param>
    internal TrainingStep(ConformanceCase reference, ConformanceCase network)
    {
        this.reference = reference;
        weights = new TrainingWeights(seed: 0, ScalarType.Float32, network.Weight, reference.Device);
    }

    /// <summary>What the network is built from.</summary>
    internal IWeightSource Weights => weights;

    /// <summary>Outputs that begin with a prefix, after a backward pass of the loss.</summary>
    internal IEnumerable<ConformanceValue> Outputs(string prefix, string normsFile, Tensor loss, double learningRate, double clipNorm)
    {
        loss.backward();
        using IDisposable still = no_grad();
        double total = GradientNorm.Total(weights.Parameters), clip = GradientNorm.ClipFactor(total, clipNorm);
        string begin = $"{prefix}grad.";
        Dictionary<string, NamedParameter> byName = weights.Parameters.ToDictionary(parameter => parameter.Name);
        string[] names =
            [.. reference.Names.Where(name => name.StartsWith(begin, StringComparison.Ordinal)).Select(name => name[begin.Length..])];
        List<ConformanceValue> outputs =
        [
            new($"{prefix}loss", loss.detach().reshape(1), Allowance: Numbers),
            new($"{prefix}grad_total_norm", tensor(new[] { (float)total }), Allowance: Gradients),
            NormsOf(normsFile, prefix, byName),
            .. names.Select(
                name => new ConformanceValue(
                    begin + name, (byName[name].Gradient ?? byName[name].Master.zeros_like()).clone(), Allowance: Gradients)),
        ];
        Dictionary<string, Tensor> before = names.ToDictionary(name => name, name => byName[name].Master.detach().clone());
        using var optimizer = new AdamW(weights.Parameters, new AdamWOptions());
        optimizer.Step(learningRate, clip);
        foreach (string name in names)
        {
            Tensor after = byName[name].Master.detach().clone(),
                telling = (reference[begin + name].abs() * clip).gt(Telling).to(ScalarType.Float32);
            outputs.Add(($"{prefix}after.{name}", after));
            outputs.Add(
                new($"{prefix}delta.{name}", (after - before[name]) * telling, reference[$"{prefix}delta.{name}"] * telling, Changes));
        }

        return outputs;
    }

    public void Dispose()
    {
        gradients.Dispose();
        weights.Dispose();
    }

    // Every norm beside the stored one as a ratio, so that small ones count as much as large ones.
    private ConformanceValue NormsOf(string file, string prefix, Dictionary<string, NamedParameter> byName)
    {
        string path = Path.Combine(reference.Folder, file);
        if (!File.Exists(path)) throw new ConformanceException($"{reference.Folder}: has no {file}");
        JsonElement norms = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path));
        if (norms.TryGetProperty(prefix.TrimEnd('.'), out JsonElement own)) norms = own;
        double[] ratios = [.. norms.EnumerateObject().Select(norm =>
        {
            double expected = norm.Value.ValueKind == JsonValueKind.Null ? 0 : norm.Value.GetDouble();
            return ((byName[norm.Name].Gradient?.norm().item<float>() ?? 0) + SmallNorm) / (expected + SmallNorm);
        })];
        return new(file, tensor(ratios), ones(ratios.Length, ScalarType.Float64), Norms);
    }
}
