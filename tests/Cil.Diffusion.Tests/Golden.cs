using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests;

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
        Assert.True(difference <= tolerance * most, $"{output}: differs by {difference:G4}, {difference / most:G3} of the largest value; allowed {tolerance}");
    }

    public void Dispose()
    {
        Tensors?.Dispose();
        config.Dispose();
        noGradient.Dispose();
        scope.Dispose();
    }
}
