using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.TestKit.Models;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Optimizers;

/// <summary>A network's parameters as leaves of a graph, and their gradients' norms against stored ones.</summary>
internal static class StoredGradients
{
    /// <summary>Trainable weights from a golden's file.</summary>
    /// <param name="build">Asks for every parameter, as the network's constructor does.</param>
    internal static TrainingWeights Load(Golden network, Action<IWeightSource> build)
    {
        using SafetensorsReader stored = SafetensorsReader.Open(Path.Combine(network.Folder, "weights.safetensors"));
        var weights = new TrainingWeights(seed: 1, ScalarType.Float32, name => stored.Read(name));
        build(weights);
        return weights;
    }

    /// <param name="noise">What gradients that are zero in exact arithmetic may amount to by rounding.</param>
    /// <param name="entry">Where in the file the norms are; null where they are all of it.</param>
    internal static void AssertNorms(
        string file, IReadOnlyDictionary<string, NamedParameter> byName, double noise = 1e-6, string? entry = null)
    {
        using JsonDocument norms = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement root = entry is null ? norms.RootElement : norms.RootElement.GetProperty(entry);
        foreach (JsonProperty norm in root.EnumerateObject())
        {
            Tensor? gradient = byName[norm.Name].Gradient;
            if (norm.Value.ValueKind == JsonValueKind.Null)
            {
                Assert.True(gradient is null || gradient.norm().item<float>() == 0, $"{norm.Name}: has a gradient, the original has none");
                continue;
            }

            // Attention over a single token needs no query: no gradient is one of zero.
            double expected = norm.Value.GetDouble(), actual = gradient?.norm().item<float>() ?? 0;
            Assert.True(
                Math.Abs(actual - expected) <= (2e-3 * expected) + noise,
                $"{norm.Name}: expected a gradient of norm {expected}, got {actual}");
        }
    }

    /// <summary>One step of AdamW against the stored gradients (before clipping) and the stored changes of some parameters.</summary>
    /// <param name="prefix">Before "grad." and "delta.".</param>
    internal static void AssertStep(
        Golden golden, string prefix, IReadOnlyDictionary<string, NamedParameter> byName,
        IReadOnlyList<NamedParameter> parameters, double learningRate, double clip)
    {
        string begin = $"{prefix}grad.";
        string[] names =
            [.. golden.Names.Where(name => name.StartsWith(begin, StringComparison.Ordinal)).Select(name => name[begin.Length..])];
        foreach (string name in names) golden.Near($"{begin}{name}", byName[name].Gradient!, 1e-3);
        Dictionary<string, Tensor> before = names.ToDictionary(name => name, name => byName[name].Master.detach().clone());
        using var optimizer = new AdamW(parameters, new AdamWOptions());
        optimizer.Step(learningRate, clip);

        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor moved = byName[name].Master.detach() - before[name];
            // The first step of AdamW is about the learning rate times the gradient's sign: where the gradient is as small as
            // AdamW's epsilon, the step tells nothing.
            Tensor telling = (golden[$"{begin}{name}"].abs() * clip).gt(1e-6);
            Tensor difference = (moved - golden[$"{prefix}delta.{name}"]).abs() * telling.to(ScalarType.Float32);
            Assert.True(difference.max().item<float>() <= 1e-2 * learningRate, $"{name}: differs by {difference.max().item<float>()}");
        }
    }

    /// <summary>Hands out the leaves that are there already.</summary>
    internal sealed class Bound(TrainingWeights weights) : IWeightSource
    {
        public Tensor Get(string name, long[] shape, Initial kind) => weights.Parameters.Single(parameter => parameter.Name == name).Leaf;
    }
}
