using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>One pass of a network: the original in float32, ours in float32 and in bfloat16; then the memory of a process that runs it.</summary>
internal static class NetworkForward
{
    private const double FloatAim = 0.8, BFloat16Aim = 0.5, GpuAim = 1;
    private const int WarmUps = 3;

    // Two BLAS orders of the same sums differ by about 1e-6 here; bfloat16 keeps 8 bits, and rounding adds up over the layers.
    private const double FloatTolerance = 1e-4, BFloat16Tolerance = 0.1;

    internal static async Task<bool> RunAsync(NetworkCase network, BenchmarkOptions options)
    {
        if (options.Peers is null)
        {
            Console.WriteLine("  skipped: --peers (or CIL_PEERS) does not say where the originals are");
            return true;
        }

        using var sample = new NetworkSample(network);
        using PythonPeer peer = PythonPeer.Start(options, network.Script, network.ConfigFile, sample.SampleFile, sample.OutputFile);
        if (options.Device.type == DeviceType.CUDA) return CompareOnGpu(network, options, sample, peer);
        bool met = Compare(network, options, sample, peer);
        double peak = await ProcessMemory.MeasureAsync(network, sample.SampleFile, options.Threads);
        bool lower = peak <= peer.PeakMegabytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  peak memory of a process that loads it and runs one pass, float32: {peak:F0} MB, original {peer.PeakMegabytes:F0} MB; aim no more: {(lower ? "met" : "NOT met")}"));
        return met && lower;
    }

    private static bool Compare(NetworkCase network, BenchmarkOptions options, NetworkSample sample, PythonPeer peer)
    {
        using var full = new LoadedNetwork(network, sample.SampleFile, float32, CPU);
        Validate("float32", full, sample, FloatTolerance);
        using LoadedNetwork? half = DeviceCatalog.DescribeCpu().HasFastBFloat16 == true ? new LoadedNetwork(network, sample.SampleFile, bfloat16, CPU) : null;
        if (half is not null) Validate("bfloat16", half, sample, BFloat16Tolerance);

        var original = new Samples($"original, float32 (torch {peer.Version})");
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
        return met;
    }

    // There the original has fast bfloat16 as well, and its libraries are ours: each precision against its own.
    private static bool CompareOnGpu(NetworkCase network, BenchmarkOptions options, NetworkSample sample, PythonPeer peer)
    {
        bool met = true;
        foreach (ScalarType precision in (ScalarType[])[float32, bfloat16])
        {
            bool half = precision == bfloat16;
            string name = half ? "bfloat16" : "float32";
            using var ours = new LoadedNetwork(network, sample.SampleFile, precision, options.Device);
            Validate(name, ours, sample, half ? BFloat16Tolerance : FloatTolerance);
            var (original, mine) = (new Samples($"original, {name} (torch {peer.Version})"), new Samples($"Cil, {name}"));
            for (int warm = 0; warm < WarmUps; warm++)
            {
                _ = peer.Run(half);
                ours.Run();
            }

            for (int run = 0; run < options.Runs; run++)
            {
                original.Add(peer.Run(half));
                mine.Time(ours.Run);
            }

            original.Print();
            mine.Print();
            met &= mine.Against(original, GpuAim);
        }

        return met;
    }

    private static void Validate(string name, LoadedNetwork network, NetworkSample sample, double tolerance)
    {
        double difference = network.Difference(sample.OutputFile);
        if (!(difference <= tolerance)) throw new InvalidOperationException($"{name}: differs from the original by {difference:G3}; allowed {tolerance:G3}");
        string memory = network.PeakBytes() is { } peak
            ? string.Create(CultureInfo.InvariantCulture, $"; a pass takes at most {peak / 1048576.0:F1} MiB")
            : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: within {difference:E1} of the original{memory}"));
    }
}
