using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.TestKit.Models;

/// <summary>One golden case: numbers that an original implementation gave, with the configuration and weights behind them.</summary>
internal sealed class Golden : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();
    private readonly JsonDocument config;

    internal Golden(string name)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "Goldens", name);
        config = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")));
        string inputs = Path.Combine(Folder, "io.safetensors");
        Tensors = File.Exists(inputs) ? SafetensorsReader.Open(inputs) : null;
    }

    internal string Folder { get; }

    internal JsonElement Config => config.RootElement;

    internal IEnumerable<string> Names => Tensors!.Entries.Keys;

    private SafetensorsReader? Tensors { get; }

    internal Tensor this[string name] => Tensors!.Read(name);

    /// <summary>Weights beside the case; float16 in the file, exact in float32, which the reference computed in.</summary>
    internal CheckpointWeights Weights(string file = "weights.safetensors") =>
        new(SafetensorsReader.Open(Path.Combine(Folder, file)), CPU, float32);

    /// <summary>Asserts that the largest difference is at most the tolerance times the largest reference value.</summary>
    internal void Near(string output, Tensor actual, double tolerance)
    {
        Tensor expected = this[output];
        Assert.Equal(expected.shape, actual.shape);
        double most = expected.abs().max().item<float>();
        double difference = (actual - expected).abs().max().item<float>();
        Assert.True(
            difference <= tolerance * most,
            $"{output}: differs by {difference:G4}, {difference / most:G3} of the largest value; allowed {tolerance}");
    }

    /// <summary>"name axesxaxes" for every entry of a list of names and shapes, in order.</summary>
    internal IEnumerable<string> Shapes(string file, IReadOnlyCollection<string>? without = null)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file)));
        return document.RootElement.EnumerateObject()
            .Where(entry => without is null || !without.Contains(entry.Name))
            .Select(entry => $"{entry.Name} {string.Join('x', entry.Value.EnumerateArray().Select(axis => axis.GetInt64()))}")
            .Order(StringComparer.Ordinal).ToArray();
    }

    /// <summary>The same of what a network asks for.</summary>
    internal static IEnumerable<string> Lines(ShapeListing listing) =>
        listing.Entries.Select(entry => $"{entry.Name} {string.Join('x', entry.Shape)}").Order(StringComparer.Ordinal);

    public void Dispose()
    {
        Tensors?.Dispose();
        config.Dispose();
        noGradient.Dispose();
        scope.Dispose();
    }
}
