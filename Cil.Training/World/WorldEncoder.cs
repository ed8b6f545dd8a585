using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Training.Datasets;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>A model's autoencoder as the affine map of patches that it is: fast enough to encode a scene in every motion.</summary>
public sealed class WorldEncoder : IDisposable
{
    private const int Fitted = 48;

    private readonly PatchEncoder encoder;
    private readonly double scale;

    private WorldEncoder(PatchEncoder encoder, double scale) => (this.encoder, this.scale) = (encoder, scale);

    /// <summary>Variance that a posterior sample has about its mean, averaged over the channels; scaled.</summary>
    public double Variance => encoder.Variance * scale * scale;

    /// <param name="folder">A model whose latents are affine in patches.</param>
    /// <param name="dataset">Its pictures are what the map is fitted to.</param>
    /// <exception cref="TrainingException">Its latents are not so.</exception>
    public static WorldEncoder Open(string folder, SpriteDataset dataset)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        int size = dataset.Options.Size;
        Tensor pictures = ClipEncoder.Pixels(
            [.. Enumerable.Range(0, Fitted).SelectMany(i => dataset.Draw(i).FirstFrame.ToArray())], Fitted, size, size);
        ModelManifest manifest = ModelFolder.Read(folder);
        if (manifest is SvdManifest svd)
        {
            using SvdNetworks parts = SvdNetworks.Load(svd, folder, CPU, ScalarType.Float32);
            return new WorldEncoder(
                new PatchEncoder(parts.Autoencoder.Encode, svd.SpatialScale, pictures), svd.Autoencoder.ScalingFactor);
        }

        LvdmManifest lvdm = ModelFolder.Read<LvdmManifest>(folder);
        using ITensorFile reader = LvdmCheckpoint.Open(Path.Combine(folder, lvdm.Files.Weights));
        using var weights = new CheckpointWeights(reader, CPU, ScalarType.Float32);
        return new WorldEncoder(new PatchEncoder(new ModelNetworks(lvdm, weights).Autoencoder, pictures), lvdm.ScaleFactor);
    }

    /// <summary>Mean latents of a clip, scaled: (C, T, h, w).</summary>
    public Tensor Mean(SpriteClip clip)
    {
        using DisposeScope scope = NewDisposeScope();
        return (encoder.Mean(clip.Frames, clip.FrameCount, clip.Size) * scale).MoveToOuterDisposeScope();
    }

    public void Dispose() => encoder.Dispose();
}
