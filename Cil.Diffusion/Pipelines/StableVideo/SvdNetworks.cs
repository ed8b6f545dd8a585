using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines.StableVideo;

/// <summary>The three networks of a diffusers checkpoint, on a device.</summary>
public sealed class SvdNetworks : IDisposable
{
    private readonly List<CheckpointWeights> owned = [];

    private SvdNetworks(SvdManifest manifest, string folder, Device device, ScalarType precision)
    {
        IReadOnlyList<string> files = manifest.WeightFiles;
        try
        {
            UNet = Part(files[0], scope => BuildUNet(manifest, scope), NothingIgnored, manifest.Loras);
            Autoencoder = Part(files[1], scope => BuildAutoencoder(manifest, scope), NothingIgnored);
            Vision = Part(files[2], scope => BuildVision(manifest, scope), TransformersVision.IgnoredNames.Contains);
        }
        catch
        {
            Dispose();
            throw;
        }

        T Part<T>(string file, Func<WeightScope, T> build, Func<string, bool> ignored, IReadOnlyList<LoraEntry>? loras = null)
        {
            using ITensorFile reader = MergedTensors.Of(Open(Path.Combine(folder, file)), folder, loras);
            var weights = new CheckpointWeights(reader, device, precision);
            owned.Add(weights);
            T network = build(WeightScope.Root(weights));
            weights.Verify(ignored: ignored);
            return network;
        }
    }

    public SvdUNet UNet { get; }

    public SvdAutoencoder Autoencoder { get; }

    public VisionTower Vision { get; }

    /// <exception cref="CheckpointException">A file is missing or damaged, or its tensors do not fit; all at fault are listed.</exception>
    public static SvdNetworks Load(SvdManifest manifest, string folder, Device device, ScalarType precision) =>
        new(manifest, folder, device, precision);

    /// <summary>
    /// What is wrong with the weights of a folder, by their headers: files that are not there or damaged, and tensors that do
    /// not fit.
    /// </summary>
    /// <param name="withUNet">Whether the U-Net's weights are looked at, too.</param>
    internal static IEnumerable<string> Errors(SvdManifest manifest, string folder, bool withUNet = true)
    {
        IReadOnlyList<string> files = manifest.WeightFiles;
        return
        [
            .. withUNet ? Part(files[0], scope => BuildUNet(manifest, scope), NothingIgnored) : [],
            .. Part(files[1], scope => BuildAutoencoder(manifest, scope), NothingIgnored),
            .. Part(files[2], scope => BuildVision(manifest, scope), TransformersVision.IgnoredNames.Contains),
        ];

        IEnumerable<string> Part(string file, Func<WeightScope, object> build, Func<string, bool> ignored)
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path)) return [$"{file}: is not there, and no other weights are beside its config.json"];
            try
            {
                var listing = new ShapeListing();
                _ = build(WeightScope.Root(listing));
                using ITensorFile tensors = Open(path);
                return [.. TensorErrors.Of(tensors, listing, ignored).Select(fault => $"{file}: {fault}")];
            }
            catch (CheckpointException error)
            {
                return [error.Message];
            }
        }
    }

    // The CIL trainer keeps averages, which are what is sampled with, and the names of its wrapper.
    public static ITensorFile Open(string path)
    {
        const string Wrapper = "module.";
        ITensorFile file = TensorFiles.Open(path);
        if (file is TorchCheckpoint { HasAverages: true } trained) trained.UseAverages();
        if (!file.Names.All(name => name.StartsWith(Wrapper, StringComparison.Ordinal))) return file;
        return new RenamedTensors(file, file.Names.ToDictionary(name => name[Wrapper.Length..], name => name, StringComparer.Ordinal));
    }

    private static SvdUNet BuildUNet(SvdManifest manifest, WeightScope scope) => new(manifest.UNet, scope);

    private static SvdAutoencoder BuildAutoencoder(SvdManifest manifest, WeightScope scope) => new(manifest.Autoencoder, scope);

    private static VisionTower BuildVision(SvdManifest manifest, WeightScope scope) =>
        VisionTower.OfTransformers(manifest.Vision, manifest.TokenWidth, scope);

    private static bool NothingIgnored(string name) => false;

    public void Dispose()
    {
        foreach (CheckpointWeights weights in owned) weights.Dispose();
    }
}
