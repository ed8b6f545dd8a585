using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.DynamiCrafter;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.UNet;

/// <summary>A configuration, random weights for it and random inputs, as files that both sides read.</summary>
internal sealed class UNetSample : IDisposable
{
    private const long Frames = 16, Size = 32, TextTokens = 77, ImageTokensPerFrame = 16;
    private readonly string folder = Directory.CreateTempSubdirectory("cil-benchmark-").FullName;

    internal UNetSample()
    {
        Config = JsonDocument.Parse(File.ReadAllText(ConfigFile)).RootElement.GetProperty("params").Deserialize<UNetConfig>()!;
        using DisposeScope scope = NewDisposeScope();
        using var fresh = new FreshWeights(seed: 1, zeros: false);
        _ = new VideoUNet(Config, WeightScope.Root(fresh));
        var generator = new Generator(2);
        SafetensorsWriter.Save(SampleFile,
        [
            .. fresh.Parameters,
            ("input.x", randn([1, Config.InChannels, Frames, Size, Size], generator: generator)),
            ("input.context", randn([1, TextTokens + (ImageTokensPerFrame * Frames), Config.ContextDim], generator: generator)),
            ("input.timesteps", tensor([500L])),
            ("input.fps", tensor([24L])),
        ]);
    }

    internal static string ConfigFile { get; } = Path.Combine(AppContext.BaseDirectory, "UNet", "dynamicrafter_unet_mid.json");

    internal UNetConfig Config { get; }

    internal string SampleFile => Path.Combine(folder, "sample.safetensors");

    /// <summary>Where the peer writes what it computed.</summary>
    internal string OutputFile => Path.Combine(folder, "output.bin");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
