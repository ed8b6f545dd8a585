using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>
/// One pass of a network in its released size on a GPU, in bfloat16 with random weights, against the original with random weights
/// of its own: that both compute the same is shown at a smaller size, by the benchmark without "-full".
/// </summary>
/// <param name="Like">The smaller case, whose script and builder it shares.</param>
internal sealed record FullSizeOnGpu(
    string Name, string Summary, string Like, string Config, Func<Device, IReadOnlyDictionary<string, Tensor>> Inputs)
{
    private const double Aim = 1;
    private const int WarmUps = 3;

    internal static IReadOnlyList<FullSizeOnGpu> All { get; } =
    [
        new(
            "svd-unet-full",
            "one pass of Stable Video Diffusion's U-Net, 14 frames of 1024 x 576, on a GPU",
            "svd-unet",
            "svd_unet_full.json",
            device => new Dictionary<string, Tensor>
            {
                ["sample"] = Half([1, 14, 8, 72, 128], device), ["token"] = Half([1, 1, 1024], device),
                ["numbers.noise"] = tensor([1.2f]).to(device), ["numbers.conditions"] = tensor([6, 127, 0.02f]).unsqueeze(0).to(device),
            }),
        new(
            "dynamicrafter-unet-full",
            "one pass of DynamiCrafter's U-Net, 16 frames of 512 x 320, on a GPU",
            "dynamicrafter-unet",
            "dynamicrafter_unet_full.json",
            device => new Dictionary<string, Tensor>
            {
                ["x"] = Half([1, 8, 16, 40, 64], device), ["context"] = Half([1, 77 + (16 * 16), 1024], device),
                ["timesteps"] = tensor([500L]).to(device), ["fps"] = tensor([24L]).to(device),
            }),
    ];

    internal Task<bool> RunAsync(BenchmarkOptions options)
    {
        if (options.Device.type != DeviceType.CUDA)
        {
            Console.WriteLine("  skipped: --device names no GPU");
            return Task.FromResult(true);
        }

        NetworkCase network = NetworkCase.All.Single(network => network.Name == Like) with { Config = Config };
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var weights = new RandomWeights(bfloat16, options.Device);
        Func<IReadOnlyDictionary<string, Tensor>, Tensor> forward = network.Build(network.Parameters(), WeightScope.Root(weights));
        IReadOnlyDictionary<string, Tensor> inputs = Inputs(options.Device);
        DeviceMemory.ResetPeaks(options.Device);
        using (Tensor output = forward(inputs))
        {
            if (!output.to(float32).isfinite().all().item<bool>())
                throw new InvalidOperationException("numbers that are not finite came out");
        }

        for (int warm = 0; warm < WarmUps; warm++) Run();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  bfloat16; weights {weights.Bytes / 1e9:F2} GB; device at most {DeviceMemory.Read(options.Device)?.PeakBytes / 1e9:F2} GB"));
        (Samples? original, Samples? mine) = (new Samples("original, bfloat16"), new Samples("Cil, bfloat16"));
        if (options.Peers is null)
        {
            for (int run = 0; run < options.Runs; run++) mine.Time(Run);
            mine.Print();
            return Task.FromResult(true);
        }

        using PythonPeer peer = PythonPeer.Start(options, network.Script, network.ConfigFile, "random", "random");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  original: torch {peer.Version}, tensors at most {peer.PeakMegabytes / 1e3:F2} GB"));
        for (int warm = 0; warm < WarmUps; warm++) _ = peer.Run(half: true);
        for (int run = 0; run < options.Runs; run++)
        {
            original.Add(peer.Run(half: true));
            mine.Time(Run);
        }

        original.Print();
        mine.Print();
        return Task.FromResult(mine.Against(original, Aim));

        void Run()
        {
            using Tensor output = forward(inputs);
            cuda.synchronize(options.Device);
        }
    }

    private static Tensor Half(long[] shape, Device device) => randn(shape).to(device).to(bfloat16);
}
