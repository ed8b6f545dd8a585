using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>Random weights and inputs of a network, as a file that both sides read.</summary>
internal sealed class NetworkSample : IDisposable
{
    internal const string InputPrefix = "input.";

    private readonly bool kept;

    /// <param name="keep">A folder that keeps what is made, a folder in it for each network; null for a temporary one.</param>
    internal NetworkSample(NetworkCase network, string? keep)
    {
        kept = keep is not null;
        Folder = keep is null
            ? Directory.CreateTempSubdirectory("cil-benchmark-").FullName
            : Directory.CreateDirectory(Path.Combine(keep, network.Name)).FullName;
        if (File.Exists(SampleFile)) return;
        using DisposeScope scope = NewDisposeScope();
        using var fresh = new FreshWeights(seed: 1, zeros: false);
        _ = network.Build(network.Parameters(), WeightScope.Root(fresh));
        SafetensorsWriter.Save(
            SampleFile,
            [.. fresh.Parameters, .. network.Inputs(new Generator(2)).Select(input => (InputPrefix + input.Name, input.Value))]);
    }

    internal string Folder { get; }

    internal string SampleFile => Path.Combine(Folder, "sample.safetensors");

    /// <summary>Where the peer writes what it computed.</summary>
    internal string OutputFile => Path.Combine(Folder, "output.bin");

    /// <summary>What goes in, by name; floating tensors rounded to the precision, but those called numbers.</summary>
    internal static Dictionary<string, Tensor> ReadInputs(SafetensorsReader reader, ScalarType precision, Device device) =>
        reader.Names.Where(name => name.StartsWith(InputPrefix, StringComparison.Ordinal))
            .ToDictionary(name => name[InputPrefix.Length..], name => Rounded(name, reader.Read(name), precision).to(device));

    /// <summary>The largest difference from the original's numbers, as a part of the largest of them.</summary>
    /// <param name="outputFile">float32, little-endian, in the output's order.</param>
    internal static double Difference(Tensor output, string outputFile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor got = output.@float().cpu().contiguous();
        Tensor expected = empty(got.shape);
        byte[] bytes = File.ReadAllBytes(outputFile);
        if (bytes.Length != expected.bytes.Length)
            throw new InvalidOperationException($"the original's output: expected {expected.bytes.Length} bytes, got {bytes.Length}");
        bytes.CopyTo(expected.bytes);
        return ((got - expected).abs().max() / expected.abs().max()).ToDouble();
    }

    public void Dispose()
    {
        if (!kept) Directory.Delete(Folder, recursive: true);
    }

    private static Tensor Rounded(string name, Tensor value, ScalarType precision) =>
        value.dtype != float32 || name.Contains("numbers.", StringComparison.Ordinal) ? value : value.to(precision, disposeAfter: true);
}
