using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>A model's networks, bound to one source of weights under the prefixes of the official checkpoints.</summary>
public sealed class ModelNetworks
{
    public const string UNetPrefix = "model.diffusion_model",
        AutoencoderPrefix = "first_stage_model", TextPrefix = "cond_stage_model.model",
        VisionPrefix = "embedder.model.visual", ResamplerPrefix = "image_proj_model";

    public ModelNetworks(LvdmManifest manifest, IWeightSource weights)
    {
        UNet = new VideoUNet(manifest.UNet, WeightScope.Root(weights, UNetPrefix));
        Autoencoder = new KlAutoencoder(
            manifest.Autoencoder.Config, manifest.Autoencoder.EmbedDim, WeightScope.Root(weights, AutoencoderPrefix));
        Text = new TextTower(manifest.OpenClip.Text, WeightScope.Root(weights, TextPrefix));
        Vision = new VisionTower(manifest.OpenClip, WeightScope.Root(weights, VisionPrefix));
        Resampler = new Resampler(manifest.Resampler, WeightScope.Root(weights, ResamplerPrefix));
    }

    public VideoUNet UNet { get; }

    public KlAutoencoder Autoencoder { get; }

    public TextTower Text { get; }

    public VisionTower Vision { get; }

    public Resampler Resampler { get; }
}
