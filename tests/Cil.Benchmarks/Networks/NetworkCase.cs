using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Networks.VideoCrafter1;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>A network that is timed against its original.</summary>
/// <param name="Name">Of the benchmark; the peer's script is bench/peers/NAME.py.</param>
/// <param name="Summary">For the heading.</param>
/// <param name="Config">File of the network's parameters, as the original spells them.</param>
/// <param name="Inputs">
/// What goes in, by name; floating tensors are rounded to the precision that is timed, but those called numbers.
/// </param>
/// <param name="Build">The network from its parameters and weights: what its forward pass gives for the inputs.</param>
internal sealed record NetworkCase(
    string Name,
    string Summary,
    string Config,
    Func<Generator, IReadOnlyList<(string Name, Tensor Value)>> Inputs,
    Func<JsonElement, WeightScope, Func<IReadOnlyDictionary<string, Tensor>, Tensor>> Build)
{
    private const long Frames = 16, SvdFrames = 14, Size = 32, TextTokens = 77, ImageTokens = 16, Width = 1024, DecodedFrames = 4;
    private static readonly float[] Conditions = [6, 127, 0.02f];

    internal static IReadOnlyList<NetworkCase> All { get; } =
    [
        new(
            "dynamicrafter-unet",
            "one pass of a DynamiCrafter U-Net (71 million parameters, 16 frames, latents 32 x 32)",
            "dynamicrafter_unet_mid.json",
            generator => Lvdm(generator, 8, TextTokens + (ImageTokens * Frames)),
            (config, w) => Forward(new VideoUNet(config.GetProperty("params").Deserialize<UNetConfig>()!, w))),
        new(
            "videocrafter1-unet",
            "one pass of a VideoCrafter1 U-Net (71 million parameters, 16 frames, latents 32 x 32)",
            "videocrafter1_unet_mid.json",
            generator => Lvdm(generator, 4, TextTokens + ImageTokens),
            (config, w) => Forward(new VideoUNet(VideoCrafterUNet.Read(config.GetProperty("params")), w))),
        new(
            "svd-unet", "one pass of a Stable Video Diffusion U-Net (70 million parameters, 14 frames, latents 32 x 32)",
            "svd_unet_mid.json", Svd, BuildSvd),
        new("svd-decoder", "four frames of 256 x 256 through a temporal decoder of Stable Video Diffusion", "svd_decoder_mid.json",
            generator => [("latents", randn([DecodedFrames, 4, Size, Size], generator: generator))], BuildDecoder),
    ];

    internal string ConfigFile => Path.Combine(AppContext.BaseDirectory, "Networks", Config);

    internal string Script => Path.Combine(AppContext.BaseDirectory, "peers", $"{Name.Replace('-', '_')}.py");

    internal JsonElement Parameters()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(ConfigFile));
        return document.RootElement.Clone();
    }

    private static IReadOnlyList<(string Name, Tensor Value)> Lvdm(Generator generator, long channels, long tokens) =>
    [
        ("x", randn([1, channels, Frames, Size, Size], generator: generator)), ("context", randn([1, tokens, Width], generator: generator)),
        ("timesteps", tensor([500L])), ("fps", tensor([24L])),
    ];

    private static Func<IReadOnlyDictionary<string, Tensor>, Tensor> Forward(VideoUNet network) =>
        inputs => network.Forward(inputs["x"], inputs["timesteps"], inputs["context"], inputs["fps"]);

    private static IReadOnlyList<(string Name, Tensor Value)> Svd(Generator generator) =>
    [
        ("sample", randn([1, SvdFrames, 8, Size, Size], generator: generator)), ("token", randn([1, 1, Width], generator: generator)),
        ("numbers.noise", tensor([1.2f])), ("numbers.conditions", tensor(Conditions).unsqueeze(0)),
    ];

    private static Func<IReadOnlyDictionary<string, Tensor>, Tensor> BuildSvd(JsonElement config, WeightScope w)
    {
        var network = new SvdUNet(SvdUNetConfig.Read(config), w);
        return inputs => network.Forward(inputs["sample"], inputs["numbers.noise"], inputs["token"], inputs["numbers.conditions"]);
    }

    private static Func<IReadOnlyDictionary<string, Tensor>, Tensor> BuildDecoder(JsonElement config, WeightScope w)
    {
        var network = new SvdAutoencoder(SvdAutoencoderConfig.Read(config), w);
        return inputs => network.Decode(inputs["latents"], DecodedFrames);
    }
}
