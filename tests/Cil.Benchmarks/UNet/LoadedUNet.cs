using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Devices;
using Cil.Diffusion.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.UNet;

/// <summary>This project's U-Net with a sample's weights and inputs.</summary>
internal sealed class LoadedUNet : IDisposable
{
    private readonly CheckpointWeights weights;
    private readonly VideoUNet network;
    private readonly Tensor x, context, timesteps, fps;

    internal LoadedUNet(UNetSample sample, ScalarType precision)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(sample.SampleFile);
        weights = new CheckpointWeights(reader, CPU, precision);
        network = new VideoUNet(sample.Config, WeightScope.Root(weights));
        weights.Verify(ignored: name => name.StartsWith("input.", StringComparison.Ordinal));
        (x, context) = (reader.Read("input.x").to(precision), reader.Read("input.context").to(precision));
        (timesteps, fps) = (reader.Read("input.timesteps"), reader.Read("input.fps"));
    }

    internal void Run()
    {
        using var noGradient = no_grad();
        using Tensor output = network.Forward(x, timesteps, context, fps);
    }

    /// <summary>The largest difference from the peer's numbers, as a part of the largest of them.</summary>
    internal double Difference(string outputFile)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor output = network.Forward(x, timesteps, context, fps).@float().contiguous();
        Tensor expected = empty(output.shape);
        byte[] bytes = File.ReadAllBytes(outputFile);
        if (bytes.Length != expected.bytes.Length) throw new InvalidOperationException($"the peer's output: expected {expected.bytes.Length} bytes, got {bytes.Length}");
        bytes.CopyTo(expected.bytes);
        return ((output - expected).abs().max() / expected.abs().max()).ToDouble();
    }

    /// <summary>Blocks of memory that one pass asks for, and the most that its tensors take at once, above what was there before.</summary>
    internal (long Blocks, long PeakBytes)? Allocations()
    {
        DeviceMemory.ResetPeaks();
        MemoryStatistics? before = DeviceMemory.Read();
        Run();
        return DeviceMemory.Read() is { } after && before is not null
            ? (after.Allocations - before.Allocations, after.PeakLiveBytes - before.LiveBytes)
            : null;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in new[] { x, context, timesteps, fps }) tensor.Dispose();
        weights.Dispose();
    }
}
