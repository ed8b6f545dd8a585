using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>Random weights and inputs of a network, as a file that both sides read.</summary>
internal sealed class NetworkSample : IDisposable
{
    internal const string InputPrefix = "input.";
    private readonly string folder = Directory.CreateTempSubdirectory("cil-benchmark-").FullName;

    internal NetworkSample(NetworkCase network)
    {
        using DisposeScope scope = NewDisposeScope();
        using var fresh = new FreshWeights(seed: 1, zeros: false);
        _ = network.Build(network.Parameters(), WeightScope.Root(fresh));
        SafetensorsWriter.Save(SampleFile, [.. fresh.Parameters, .. network.Inputs(new Generator(2)).Select(input => (InputPrefix + input.Name, input.Value))]);
    }

    internal string SampleFile => Path.Combine(folder, "sample.safetensors");

    /// <summary>Where the peer writes what it computed.</summary>
    internal string OutputFile => Path.Combine(folder, "output.bin");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
