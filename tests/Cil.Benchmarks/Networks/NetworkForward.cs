using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>
/// One pass of a network against the original: on a processor as TorchScript in this process, on a GPU in Python's; in float32 and
/// in bfloat16, each against the same. Then the memory of a process that runs it, of both sides.
/// </summary>
internal static class NetworkForward
{
    private const double FloatAim = 0.5, BFloat16Aim = 0.65, GpuAim = 1;
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

        using var sample = new NetworkSample(network, options.Exports);
        return options.Device.type == DeviceType.CUDA
            ? CompareOnGpu(network, options, sample)
            : await CompareAsync(network, options, sample);
    }

    private static async Task<bool> CompareAsync(NetworkCase network, BenchmarkOptions options, NetworkSample sample)
    {
        string anchorFile = await Anchor.ExportAsync(options, network, sample, half: false);
        bool met = Compare(network, options, sample, anchorFile, float32);
        if (DeviceCatalog.DescribeCpu().HasFastBFloat16 == true)
        {
            string halfFile = await Anchor.ExportAsync(options, network, sample, half: true);
            met &= Compare(network, options, sample, halfFile, bfloat16);
        }
        else
        {
            Console.WriteLine("  bfloat16 skipped: the processor does not have it");
        }

        double mine = await ProcessMemory.MeasureAsync(network, sample.SampleFile, options.Threads);
        double anchor = await ProcessMemory.MeasureAsync(network, sample.SampleFile, options.Threads, anchorFile);
        bool lower = mine <= anchor;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  peak memory of a process that loads it and runs one pass, float32: {mine:F0} MB, original {anchor:F0} MB; aim no more: ")
            + (lower ? "met" : "NOT met"));
        return met && lower;
    }

    private static bool Compare(
        NetworkCase network, BenchmarkOptions options, NetworkSample sample, string anchorFile, ScalarType precision)
    {
        bool half = precision == bfloat16;
        (string name, double tolerance) = half ? ("bfloat16", BFloat16Tolerance) : ("float32", FloatTolerance);
        using var anchor = new Anchor(anchorFile, sample.SampleFile, precision);
        double difference = anchor.Difference(sample.OutputFile);
        if (!(difference <= tolerance))
            throw new InvalidOperationException($"{name}: the export differs from the original by {difference:G3}; allowed {tolerance:G3}");
        using var cil = new LoadedNetwork(network, sample.SampleFile, precision, CPU);
        Validate(name, cil, sample, tolerance);
        for (int warm = 0; warm < WarmUps; warm++)
        {
            anchor.Run(); // TorchScript specialises itself in its first runs
            cil.Run();
        }

        var original = new Samples($"original as TorchScript, {name}");
        var mine = new Samples($"Cil, {name}");
        for (int run = 0; run < options.Runs; run++)
        {
            original.Time(anchor.Run);
            mine.Time(cil.Run);
        }

        original.Print();
        mine.Print();
        return mine.Against(original, half ? BFloat16Aim : FloatAim);
    }

    // There the original has fast bfloat16 as well, and its libraries are ours: each precision against its own.
    private static bool CompareOnGpu(NetworkCase network, BenchmarkOptions options, NetworkSample sample)
    {
        using PythonPeer peer = PythonPeer.Start(options, network.Script, network.ConfigFile, sample.SampleFile, sample.OutputFile);
        bool met = true;
        foreach (ScalarType precision in (ScalarType[])[float32, bfloat16])
        {
            bool half = precision == bfloat16;
            string name = half ? "bfloat16" : "float32";
            using var ours = new LoadedNetwork(network, sample.SampleFile, precision, options.Device);
            Validate(name, ours, sample, half ? BFloat16Tolerance : FloatTolerance);
            (Samples? original, Samples? mine) = (new Samples($"original, {name} (torch {peer.Version})"), new Samples($"Cil, {name}"));
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
        if (!(difference <= tolerance))
            throw new InvalidOperationException($"{name}: differs from the original by {difference:G3}; allowed {tolerance:G3}");
        string memory = network.PeakBytes() is { } peak
            ? string.Create(CultureInfo.InvariantCulture, $"; a pass takes at most {peak / 1048576.0:F1} MiB")
            : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: within {difference:E1} of the original{memory}"));
    }
}
