using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Training;

/// <summary>A network's parameters as leaves of a graph, and their gradients' norms against stored ones.</summary>
internal static class StoredGradients
{
    /// <summary>Trainable weights from a golden's file.</summary>
    /// <param name="build">Asks for every parameter, as the network's constructor does.</param>
    internal static TrainingWeights Load(Golden network, Action<IWeightSource> build)
    {
        using SafetensorsReader stored = SafetensorsReader.Open(Path.Combine(network.Folder, "weights.safetensors"));
        var weights = new TrainingWeights(seed: 1, ScalarType.Float32, stored.Read);
        build(weights);
        return weights;
    }

    /// <param name="noise">What gradients that are zero in exact arithmetic may amount to by rounding.</param>
    internal static void AssertNorms(string file, IReadOnlyDictionary<string, NamedParameter> byName, double noise = 1e-6)
    {
        using JsonDocument norms = JsonDocument.Parse(File.ReadAllText(file));
        foreach (JsonProperty norm in norms.RootElement.EnumerateObject())
        {
            Tensor? gradient = byName[norm.Name].Gradient;
            if (norm.Value.ValueKind == JsonValueKind.Null)
            {
                Assert.True(gradient is null || gradient.norm().item<float>() == 0, $"{norm.Name}: has a gradient, the original has none");
                continue;
            }

            double expected = norm.Value.GetDouble(), actual = gradient!.norm().item<float>();
            Assert.True(Math.Abs(actual - expected) <= (2e-3 * expected) + noise, $"{norm.Name}: expected a gradient of norm {expected}, got {actual}");
        }
    }

    /// <summary>Hands out the leaves that are there already.</summary>
    internal sealed class Bound(TrainingWeights weights) : IWeightSource
    {
        public Tensor Get(string name, long[] shape, Initial kind) => weights.Parameters.Single(parameter => parameter.Name == name).Leaf;
    }
}
