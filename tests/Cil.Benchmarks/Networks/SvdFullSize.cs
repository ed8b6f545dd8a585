using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>
/// One pass of Stable Video Diffusion's U-Net in its released size, with random weights: whether a machine can do it at all, what
/// memory it takes, and its time beside what its operations would take at the speed of this machine's matrix products.
/// </summary>
internal static class SvdFullSize
{
    private const long Frames = 14, Height = 72, Width = 128, ContextWidth = 1024;

    // A product of the middle of the network: its speed is what the rest can hope for.
    private const long Rows = 4096, Inside = 1280, Columns = 5120;
    private const float Noise = 1.2f;
    private static readonly float[] Conditions = [6, 127, 0.02f];

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        ScalarType precision = DeviceCatalog.DescribeCpu().HasFastBFloat16 == true ? bfloat16 : float32;
        var config = new SvdUNetConfig
        {
            BlockOutChannels = [320, 640, 1280, 1280], Attention = [true, true, true, false], AttentionHeads = [5, 10, 20, 20],
            CrossAttentionDim = ContextWidth, AdditionTimeEmbedDim = 256,
        };
        var listing = new ShapeListing();
        _ = new SvdUNet(config, WeightScope.Root(listing));
        double operations = SvdOperations.Count(config, listing.Entries, Frames, Height, Width), speed = ProductSpeed(precision);

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var weights = new RandomWeights(precision);
        var network = new SvdUNet(config, WeightScope.Root(weights));
        var generator = new Generator(2);
        Tensor sample = randn([1, Frames, 2 * config.OutChannels, Height, Width], generator: generator).to(precision);
        Tensor token = randn([1, 1, ContextWidth], generator: generator).to(precision);
        DeviceMemory.ResetPeaks();
        long start = Stopwatch.GetTimestamp();
        Tensor output = network.Forward(sample, full([1], Noise), token, tensor(Conditions).unsqueeze(0));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bool finite = output.to(float32).isfinite().all().item<bool>();

        Say(
            $"  {precision}, {Frames} frames, latents {Height} x {Width}, batch 1; weights {weights.Bytes / 1e9:F2} GB; load now ",
            $"{Machine.Load()}");
        Say(
            $"  {operations / 1e12:F1} T operations; products of {Rows} x {Inside} x {Columns} run at {speed / 1e9:F0} G a second: ",
            $"estimate {operations / speed:F0} s");
        Say($"  one pass {seconds:F0} s, {operations / seconds / 1e9:F0} G operations a second");
        Say($"  most memory of the process {ProcessMemory.PeakMegabytes() / 1e3:F2} GB");
        Say($"  its numbers are finite: {(finite ? "yes" : "NO")}");
        return Task.FromResult(finite);
    }

    private static double ProductSpeed(ScalarType precision)
    {
        const int Times = 5;
        using DisposeScope scope = NewDisposeScope();
        Tensor left = randn([Rows, Inside]).to(precision), right = randn([Inside, Columns]).to(precision);
        _ = left.matmul(right);
        var samples = new Samples("products");
        for (int i = 0; i < Times; i++) samples.Time(() => left.matmul(right).Dispose());
        return 2.0 * Rows * Inside * Columns / samples.Median;
    }

    private static void Say(params FormattableString[] parts) =>
        Console.WriteLine(string.Concat(parts.Select(part => part.ToString(CultureInfo.InvariantCulture))));
}
