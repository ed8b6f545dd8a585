using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Autoencoders;

/// <summary>
/// The first stage of DynamiCrafter and VideoCrafter1 (lvdm/models/autoencoder.py, AutoencoderKL). Applies no scaling
/// factor: pipelines multiply a posterior sample by it after encoding and divide before decoding.
/// </summary>
public sealed class KlAutoencoder
{
    internal const double Eps = 1e-6;

    private const double LowestLogVariance = -30, HighestLogVariance = 20;

    private readonly Encoder encoder;
    private readonly Decoder decoder;
    private readonly Conv2d quantize, postQuantize;

    /// <param name="embedDim">Channels of the latents, as checkpoints have them behind `quant_conv`.</param>
    public KlAutoencoder(AutoencoderConfig config, long embedDim, WeightScope w)
    {
        Config = config;
        encoder = new Encoder(config, w.Sub("encoder"), AutoencoderNames.Ldm);
        decoder = new Decoder(config, w.Sub("decoder"));
        quantize = new Conv2d(w.Sub("quant_conv"), config.ZChannels * 2, embedDim * 2, 1);
        postQuantize = new Conv2d(w.Sub("post_quant_conv"), embedDim, config.ZChannels, 1);
    }

    public AutoencoderConfig Config { get; }

    /// <param name="image">(N, 3, H, W) in [-1, 1]; H and W multiples of the spatial scale.</param>
    /// <returns>(N, 2 z, h, w): means, then log variances as the network gives them.</returns>
    public Tensor Moments(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        return quantize.Forward(encoder.Forward(image)).MoveToOuterDisposeScope();
    }

    /// <returns>Mean and log variance (clamped to [-30, 20]) of the posterior, each (N, z, h, w).</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = Posterior(Moments(image));
        return scope.MoveToOuter(mean, logVariance);
    }

    internal static (Tensor Mean, Tensor LogVariance) Posterior(Tensor moments)
    {
        Tensor[] halves = moments.chunk(2, 1);
        return (halves[0], halves[1].clamp(LowestLogVariance, HighestLogVariance));
    }

    /// <param name="z">(N, z, h, w), without scaling factor.</param>
    /// <returns>(N, 3, H, W), about [-1, 1].</returns>
    public Tensor Decode(Tensor z)
    {
        using DisposeScope scope = NewDisposeScope();
        return decoder.Forward(postQuantize.Forward(z)).MoveToOuterDisposeScope();
    }
}
