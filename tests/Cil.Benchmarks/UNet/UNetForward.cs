using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Benchmarks.UNet;

/// <summary>One pass of the mid-size DynamiCrafter U-Net: the original in float32, ours in float32 and in bfloat16.</summary>
internal static class UNetForward
{
    private const double FloatAim = 0.8, BFloat16Aim = 0.5;

    // Two BLAS orders of the same sums differ by about 1e-6 here; bfloat16 keeps 8 bits, and rounding adds up over the layers.
    private const double FloatTolerance = 1e-4, BFloat16Tolerance = 0.1;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        if (options.Peers is null)
        {
            Console.WriteLine("  skipped: --peers (or CIL_PEERS) does not say where the original is");
            return Task.FromResult(true);
        }

        using var sample = new UNetSample();
        using PythonPeer peer = PythonPeer.Start(
            options, Path.Combine(AppContext.BaseDirectory, "peers", "dynamicrafter_unet.py"), UNetSample.ConfigFile, sample.SampleFile, sample.OutputFile);
        using var full = new LoadedUNet(sample, float32);
        Validate("float32", full, sample, FloatTolerance);
        using LoadedUNet? half = DeviceCatalog.DescribeCpu().HasFastBFloat16 == true ? new LoadedUNet(sample, bfloat16) : null;
        if (half is not null) Validate("bfloat16", half, sample, BFloat16Tolerance);

        var original = new Samples($"original, float32 ({peer.Greeting["ready ".Length..]})");
        var (single, brief) = (new Samples("Cil, float32"), new Samples("Cil, bfloat16"));
        for (int run = 0; run < options.Runs; run++)
        {
            original.Add(peer.Run());
            single.Time(full.Run);
            if (half is not null) brief.Time(half.Run);
        }

        original.Print();
        single.Print();
        if (half is not null) brief.Print();
        bool met = single.Against(original, FloatAim);
        if (half is not null) met &= brief.Against(original, BFloat16Aim);
        else Console.WriteLine("  bfloat16 skipped: the processor does not have it");
        return Task.FromResult(met);
    }

    private static void Validate(string name, LoadedUNet network, UNetSample sample, double tolerance)
    {
        double difference = network.Difference(sample.OutputFile);
        if (!(difference <= tolerance)) throw new InvalidOperationException($"{name}: differs from the original by {difference:G3}; allowed {tolerance:G3}");
        string allocations = network.Allocations() is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"; {known.Blocks} blocks of memory a pass, at most {known.PeakBytes / 1048576.0:F1} MiB at once")
            : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: within {difference:E1} of the original{allocations}"));
    }
}
