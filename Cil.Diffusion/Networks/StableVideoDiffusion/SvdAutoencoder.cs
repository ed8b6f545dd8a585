using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// Stable Video Diffusion's autoencoder (diffusers, AutoencoderKLTemporalDecoder): the KL encoder of the other systems, and a
/// decoder that sees the frames of a chunk together. Applies no scaling factor.
/// </summary>
public sealed class SvdAutoencoder
{
    private readonly Encoder encoder;
    private readonly TemporalDecoder decoder;
    private readonly Conv2d quantize;

    public SvdAutoencoder(SvdAutoencoderConfig config, WeightScope w)
    {
        Config = config;
        long first = config.BlockOutChannels[0];
        if (config.BlockOutChannels.FirstOrDefault(channels => channels % first != 0) is var odd and not 0)
            throw new ArgumentException($"block_out_channels: expected multiples of the first, {first}, got {odd}", nameof(config));
        var encoding = new AutoencoderConfig
        {
            Ch = first,
            ChMult = [.. config.BlockOutChannels.Select(channels => channels / first)],
            NumResBlocks = config.LayersPerBlock,
            ZChannels = config.LatentChannels,
        };
        encoder = new Encoder(encoding, w.Sub("encoder"), AutoencoderNames.Diffusers);
        decoder = new TemporalDecoder(config, w.Sub("decoder"));
        quantize = new Conv2d(w.Sub("quant_conv"), config.LatentChannels * 2, config.LatentChannels * 2, 1);
    }

    public SvdAutoencoderConfig Config { get; }

    /// <param name="image">(N, 3, H, W) in [-1, 1]; H and W multiples of the spatial scale.</param>
    /// <returns>Mean (which is the mode) and log variance (clamped to [-30, 20]) of the posterior, each (N, z, h, w).</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = KlAutoencoder.Posterior(quantize.Forward(encoder.Forward(image)));
        return scope.MoveToOuter(mean, logVariance);
    }

    /// <summary>Decodes clips of consecutive frames; a clip's frames are seen together, so cutting it elsewhere changes pixels.</summary>
    /// <param name="z">(B T, z, h, w), without scaling factor.</param>
    /// <param name="frames">T.</param>
    /// <returns>(B T, 3, H, W), about [-1, 1].</returns>
    public Tensor Decode(Tensor z, long frames) => decoder.Forward(z, frames);
}
