using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>The sampling of a stored run of Stable Video Diffusion, with draws that are given; several pictures make one batch.</summary>
internal sealed class SvdLoop
{
    private readonly SvdUNet unet;
    private readonly SvdAutoencoder autoencoder;
    private readonly Device device;
    private readonly Tensor image;
    private readonly float[] conditions;
    private readonly double least, most, augmentation;

    internal SvdLoop(ConformanceCase reference)
    {
        device = reference.Device;
        ConformanceCase network = reference.Other("unet"), pictures = reference.Other("vae");
        CheckpointWeights networkWeights = network.Weights(), pictureWeights = pictures.Weights();
        unet = new SvdUNet(network.Convert(SvdUNetConfig.Read), WeightScope.Root(networkWeights));
        autoencoder = new SvdAutoencoder(pictures.Convert(SvdAutoencoderConfig.Read), WeightScope.Root(pictureWeights));
        networkWeights.Verify();
        pictureWeights.Verify();
        (image, Steps) = (reference["image"], reference.Parameters<int>("num_inference_steps"));
        Tensor embedding = reference["image_embeds"];
        Tokens = cat([embedding.zeros_like(), embedding], 0).unsqueeze(1); // unconditional first
        (least, most, augmentation) = (Number("min_guidance_scale"), Number("max_guidance_scale"), Number("noise_aug_strength"));
        conditions = [(float)Number("fps_passed_to_unet"), (float)Number("motion_bucket_id"), (float)augmentation];

        double Number(string name) => reference.Parameters<JsonElement>(name).GetDouble();
    }

    internal int Steps { get; }

    /// <summary>(2 B, 1, C).</summary>
    internal Tensor Tokens { get; }

    internal Tensor Conditions(long batch) => tensor(conditions).to(device).expand(batch, conditions.Length);

    internal Tensor ImageLatents(Tensor noise) => autoencoder.Encode(image + (noise * augmentation)).Mean;

    /// <summary>Without the picture, then with it: (2 B, T, 2 C, h, w).</summary>
    internal static Tensor Input(Tensor x, Tensor image, double sigma)
    {
        Tensor repeated = image.unsqueeze(1).expand(image.size(0), x.size(1), image.size(1), image.size(2), image.size(3));
        return cat([EulerStep.ScaledInput(x, sigma).repeat(2, 1, 1, 1, 1), cat([repeated.zeros_like(), repeated], 0)], 2);
    }

    // The stored runs are of diffusers 0.25.1, which mixes up the tokens of a batch over time.
    internal Tensor Call(Tensor x, Tensor image, KarrasSigmas sigmas, int step) =>
        unet.Forward(
            Input(x, image, sigmas.Sigmas[step]), tensor(sigmas.Noise.Skip(step).Take(1).ToArray()).to(device),
            Tokens, Conditions(2 * x.size(0)), TimeContextOrder.Legacy);

    internal Tensor Step(Tensor x, Tensor image, KarrasSigmas sigmas, int step)
    {
        Tensor[] looks = Call(x, image, sigmas, step).chunk(2, 0);
        return EulerStep.Apply(x, FrameGuidance.Apply(looks[1], looks[0], least, most), sigmas.Sigmas[step], sigmas.Sigmas[step + 1]).Next;
    }

    /// <summary>(B, 3, T, H, W).</summary>
    internal Tensor Decode(Tensor latents)
    {
        long batch = latents.size(0), frames = latents.size(1);
        Tensor decoded = autoencoder.Decode((latents / autoencoder.Config.ScalingFactor).flatten(0, 1), frames); // (B T, 3, H, W)
        return decoded.view(batch, frames, 3, decoded.size(2), decoded.size(3)).transpose(1, 2);
    }
}
