using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>This project's network with a sample's weights and inputs.</summary>
internal sealed class LoadedNetwork : IDisposable
{
    private readonly Device device;
    private readonly CheckpointWeights weights;
    private readonly Func<IReadOnlyDictionary<string, Tensor>, Tensor> forward;
    private readonly Dictionary<string, Tensor> inputs;

    internal LoadedNetwork(NetworkCase network, string sampleFile, ScalarType precision, Device device)
    {
        this.device = device;
        using SafetensorsReader reader = SafetensorsReader.Open(sampleFile);
        weights = new CheckpointWeights(reader, device, precision);
        forward = network.Build(network.Parameters(), WeightScope.Root(weights));
        weights.Verify(ignored: name => name.StartsWith(NetworkSample.InputPrefix, StringComparison.Ordinal));
        inputs = NetworkSample.ReadInputs(reader, precision, device);
    }

    internal void Run()
    {
        using IDisposable noGradient = no_grad();
        using Tensor output = forward(inputs);
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    /// <summary>The largest difference from the peer's numbers, as a part of the largest of them.</summary>
    internal double Difference(string outputFile)
    {
        using IDisposable noGradient = no_grad();
        using Tensor output = forward(inputs);
        return NetworkSample.Difference(output, outputFile);
    }

    /// <summary>The most that one pass takes at once, above what was there before; null where the system does not tell it.</summary>
    internal long? PeakBytes()
    {
        DeviceMemory.EmptyCache(device);
        DeviceMemory.ResetPeaks(device);
        MemoryStatistics? before = DeviceMemory.Read(device);
        Run();
        return DeviceMemory.Read(device) is { } after && before is not null
            ? after.PeakBytes - before.Value.UsedBytes
            : null;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in inputs.Values) tensor.Dispose();
        weights.Dispose();
    }
}
