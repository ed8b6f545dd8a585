using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Pickles;
using Cil.Diffusion.OpenClip;
using Cil.Diffusion.Pipelines;
using static TorchSharp.torch;

namespace Cil.Diffusion.StableVideoDiffusion;

/// <summary>The three networks of a diffusers checkpoint, on a device.</summary>
internal sealed class SvdNetworks : IDisposable
{
    private readonly List<CheckpointWeights> owned = [];

    private SvdNetworks(SvdManifest manifest, string folder, Device device, ScalarType precision)
    {
        IReadOnlyList<string> files = manifest.WeightFiles;
        try
        {
            UNet = Part(files[0], scope => new SvdUNet(manifest.UNet, scope), _ => false);
            Autoencoder = Part(files[1], scope => new SvdAutoencoder(manifest.Autoencoder, scope), _ => false);
            Vision = Part(files[2], scope => VisionTower.OfTransformers(manifest.Vision, manifest.TokenWidth, scope), TransformersVision.IgnoredNames.Contains);
        }
        catch
        {
            Dispose();
            throw;
        }

        T Part<T>(string file, Func<WeightScope, T> build, Func<string, bool> ignored)
        {
            using ITensorFile reader = Open(Path.Combine(folder, file));
            var weights = new CheckpointWeights(reader, device, precision);
            owned.Add(weights);
            T network = build(WeightScope.Root(weights));
            weights.Verify(ignored: ignored);
            return network;
        }
    }

    internal SvdUNet UNet { get; }

    internal SvdAutoencoder Autoencoder { get; }

    internal VisionTower Vision { get; }

    /// <exception cref="CheckpointException">A file is missing or damaged, or its tensors do not fit; all at fault are listed.</exception>
    internal static SvdNetworks Load(SvdManifest manifest, string folder, Device device, ScalarType precision) => new(manifest, folder, device, precision);

    // The CIL trainer keeps averages, which are what is sampled with, and the names of its wrapper.
    internal static ITensorFile Open(string path)
    {
        const string Wrapper = "module.";
        ITensorFile file = TensorFiles.Open(path);
        if (file is TorchCheckpoint { HasAverages: true } trained) trained.UseAverages();
        if (!file.Names.All(name => name.StartsWith(Wrapper, StringComparison.Ordinal))) return file;
        return new RenamedTensors(file, file.Names.ToDictionary(name => name[Wrapper.Length..], name => name, StringComparer.Ordinal));
    }

    public void Dispose()
    {
        foreach (CheckpointWeights weights in owned) weights.Dispose();
    }
}
