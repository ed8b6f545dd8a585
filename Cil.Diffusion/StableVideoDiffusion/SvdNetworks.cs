using System.Security.Cryptography;
using System.Text;
using Cil.Diffusion.Checkpoints;
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
        var hashes = new StringBuilder();
        IReadOnlyList<string> files = manifest.WeightFiles;
        UNet = Part(files[0], scope => new SvdUNet(manifest.UNet, scope), []);
        Autoencoder = Part(files[1], scope => new SvdAutoencoder(manifest.Autoencoder, scope), []);
        Vision = Part(files[2], scope => VisionTower.OfTransformers(manifest.Vision, manifest.TokenWidth, scope), TransformersVision.IgnoredNames);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashes.ToString())));

        T Part<T>(string file, Func<WeightScope, T> build, IReadOnlyCollection<string> ignored)
        {
            string path = Path.Combine(folder, file);
            using SafetensorsReader reader = SafetensorsReader.Open(path);
            var weights = new CheckpointWeights(reader, device, precision);
            owned.Add(weights);
            T network = build(WeightScope.Root(weights));
            weights.Verify(ignored: ignored);
            _ = hashes.Append(FileHash.Sha256(path));
            return network;
        }
    }

    internal SvdUNet UNet { get; }

    internal SvdAutoencoder Autoencoder { get; }

    internal VisionTower Vision { get; }

    /// <summary>SHA-256 of the hashes of the three files.</summary>
    internal string Hash { get; }

    /// <exception cref="CheckpointException">A file is missing or damaged, or its tensors do not fit; all at fault are listed.</exception>
    internal static SvdNetworks Load(SvdManifest manifest, string folder, Device device, ScalarType precision) => new(manifest, folder, device, precision);

    public void Dispose()
    {
        foreach (CheckpointWeights weights in owned) weights.Dispose();
    }
}
