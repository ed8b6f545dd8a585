using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>Latents of consecutive frames to pictures (diffusers, autoencoder_kl_temporal_decoder.py, TemporalDecoder).</summary>
internal sealed class TemporalDecoder
{
    private const double TemporalEps = 1e-5;
    private static readonly long[] TimePadding = [1, 0];
    private readonly Conv2d convIn, convOut;
    private readonly SpatioTemporalResnet middle1, middle2;
    private readonly PixelAttention middleAttention;
    private readonly List<(SpatioTemporalResnet[] Blocks, Conv2d? Up)> levels = [];
    private readonly GroupNorm normOut;
    private readonly Tensor timeWeight, timeBias;

    internal TemporalDecoder(SvdAutoencoderConfig config, WeightScope w)
    {
        long channels = config.BlockOutChannels[^1];
        convIn = new Conv2d(w.Sub("conv_in"), config.LatentChannels, channels, 3, padding: 1);
        middle1 = Resnet(w.Sub("mid_block.resnets.0"), channels, channels);
        middleAttention = new PixelAttention(w.Sub("mid_block.attentions.0"), channels, AutoencoderNames.Diffusers);
        middle2 = Resnet(w.Sub("mid_block.resnets.1"), channels, channels);
        for (int place = 0; place < config.BlockOutChannels.Count; place++)
        {
            WeightScope scope = w.Sub("up_blocks").Sub(place);
            long next = config.BlockOutChannels[^(place + 1)];
            var blocks = new SpatioTemporalResnet[config.LayersPerBlock + 1];
            for (int i = 0; i < blocks.Length; i++)
            {
                blocks[i] = Resnet(scope.Sub("resnets").Sub(i), channels, next);
                channels = next;
            }

            bool last = place == config.BlockOutChannels.Count - 1;
            levels.Add((blocks, last ? null : new Conv2d(scope.Sub("upsamplers.0.conv"), channels, channels, 3, padding: 1)));
        }

        normOut = new GroupNorm(w.Sub("conv_norm_out"), channels, KlAutoencoder.Eps);
        convOut = new Conv2d(w.Sub("conv_out"), channels, 3, 3, padding: 1);
        timeWeight = w.Get("time_conv_out.weight", 3, 3, 3, 1, 1);
        timeBias = w.Get("time_conv_out.bias", 3);
    }

    /// <param name="z">(B T, z, h, w).</param>
    /// <returns>(B T, 3, H, W), about [-1, 1].</returns>
    internal Tensor Forward(Tensor z, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = middleAttention.Forward(middle1.Forward(convIn.Forward(ChannelsLast.Enter(z)), null, frames));
        x = Scratch.Replace(x, middle2.Forward(x, null, frames));
        foreach ((SpatioTemporalResnet[] blocks, Conv2d? up) in levels)
        {
            foreach (SpatioTemporalResnet block in blocks)
            {
                x = Scratch.Replace(x, block.OverPixels(x, null));
                x = Scratch.Replace(x, block.OverTime(x, null, frames));
            }

            if (up is null) continue;
            x = Scratch.Replace(x, Decoder.Upsampled(x, up));
        }

        x = Scratch.Replace(x, Scratch.InParts(x, x.numel() / x.size(0), part => convOut.Forward(normOut.Activated(part))));
        Tensor video = F.conv2d(ChannelsLast.ToVideo(x, frames), timeWeight.squeeze(-1), timeBias, padding: TimePadding); // (B, 3, T, HW)
        return ChannelsLast.ToFrames(video, x.size(2), x.size(3)).contiguous().MoveToOuterDisposeScope();
    }

    private static SpatioTemporalResnet Resnet(WeightScope w, long from, long to) =>
        new(w, from, to, 0, KlAutoencoder.Eps, TemporalEps, switched: true);
}
