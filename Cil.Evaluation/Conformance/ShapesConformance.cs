using System.Text.Json;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Networks.VideoCrafter1;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Names and shapes of full-size networks, built without memory: files of name to shape beside config.json. Each output has a 1
/// for every tensor that the network asks for in that shape, and a 0 for every other.
/// </summary>
internal sealed class ShapesConformance : IConformanceComponent
{
    private const string OpenClip = "ViT_H_14";

    // Each file, and the network that it lists; config.json has the sizes under the file's name, or once for both towers.
    private static readonly (string File, Action<ConformanceCase, IWeightSource> Build)[] Known =
    [
        ("unet.json", (reference, weights) => _ = new SvdUNet(reference.Convert(SvdUNetConfig.Read, "unet"), WeightScope.Root(weights))),
        ("vae.json", (reference, weights) => _ = new SvdAutoencoder(
            reference.Convert(SvdAutoencoderConfig.Read, "vae"), WeightScope.Root(weights))),
        ("image_encoder.json", (reference, weights) => Transformers(reference.Convert(TransformersVision.Sizes, "image_encoder"), weights)),
        ("unet_i2v_512.json", (reference, weights) => _ = new VideoUNet(
            reference.Convert(VideoCrafterUNet.Read, "unet_i2v_512"), WeightScope.Root(weights))),
        ("unet_512.json", (reference, weights) => _ = new VideoUNet(
            reference.Parameters<UNetConfig>("unet_512"), WeightScope.Root(weights))),
        ("autoencoder.json", (reference, weights) => _ = new KlAutoencoder(
            reference.Parameters<AutoencoderConfig>("autoencoder", "ddconfig"),
            reference.Parameters<int>("autoencoder", "embed_dim"), WeightScope.Root(weights))),
        ("resampler.json", (reference, weights) => _ = new Resampler(
            reference.Parameters<ResamplerConfig>("resampler"), WeightScope.Root(weights))),
        ("text.json", (reference, weights) => _ = new TextTower(
            reference.Parameters<OpenClipConfig>(OpenClip).Text, WeightScope.Root(weights))),
        ("vision.json", (reference, weights) => _ = new VisionTower(
            reference.Parameters<OpenClipConfig>(OpenClip), WeightScope.Root(weights, "visual"))),
    ];

    public string Name => "names and shapes of full-size networks (no io.safetensors)";

    public IReadOnlyCollection<string> Inputs { get; } = [];

    public bool Recognises(ConformanceCase reference) => !reference.HasTensors && Listed(reference).Any();

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        foreach ((string file, Action<ConformanceCase, IWeightSource> build) in Listed(reference))
        {
            var listing = new ShapeListing();
            build(reference, listing);
            HashSet<string> asked = [.. listing.Entries.Select(entry => Line(entry.Name, entry.Shape))];
            HashSet<string> stored = [.. Stored(Path.Combine(reference.Folder, file))];
            long[] same = [.. stored.Union(asked).Select(line => asked.Contains(line) && stored.Contains(line) ? 1L : 0L)];
            yield return new ConformanceValue(file, tensor(same), ones(same.Length, ScalarType.Int64));
        }
    }

    private static IEnumerable<(string File, Action<ConformanceCase, IWeightSource> Build)> Listed(ConformanceCase reference) =>
        Known.Where(known => File.Exists(Path.Combine(reference.Folder, known.File)));

    private static void Transformers((VisionConfig Config, long EmbedDim) sizes, IWeightSource weights) =>
        _ = VisionTower.OfTransformers(sizes.Config, sizes.EmbedDim, WeightScope.Root(weights));

    // Without what checkpoints hold and nothing needs.
    private static IEnumerable<string> Stored(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, long[]>>(File.ReadAllText(path))!
            .Where(entry => !TextTower.Unused.Contains(entry.Key) && !TransformersVision.IgnoredNames.Contains(entry.Key))
            .Select(entry => Line(entry.Key, entry.Value));

    private static string Line(string name, long[] shape) => $"{name} {string.Join('x', shape)}";
}
