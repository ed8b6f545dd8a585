using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Autoencoders;

/// <summary>Latents to pictures (ae_modules.py, Decoder).</summary>
internal sealed class Decoder
{
    private static readonly double[] Twice = [2, 2];
    private readonly Conv2d convIn, convOut;
    private readonly List<(ResnetBlock[] Blocks, Conv2d? Up)> levels = [];
    private readonly ResnetBlock middle1, middle2;
    private readonly PixelAttention middleAttention;
    private readonly GroupNorm normOut;

    internal Decoder(AutoencoderConfig config, WeightScope w)
    {
        AutoencoderNames names = AutoencoderNames.Ldm;
        long channels = config.Ch * config.ChMult[^1];
        convIn = new Conv2d(w.Sub("conv_in"), config.ZChannels, channels, 3, padding: 1);
        middle1 = new ResnetBlock(w.Sub(names.Mid(0)), channels, channels, KlAutoencoder.Eps, names.Shortcut);
        middleAttention = new PixelAttention(w.Sub(names.MidAttention), channels, names);
        middle2 = new ResnetBlock(w.Sub(names.Mid(1)), channels, channels, KlAutoencoder.Eps, names.Shortcut);
        for (int level = config.ChMult.Count - 1; level >= 0; level--)
        {
            WeightScope scope = w.Sub("up").Sub(level);
            var blocks = new ResnetBlock[config.NumResBlocks + 1];
            for (int i = 0; i < blocks.Length; i++)
            {
                long next = config.Ch * config.ChMult[level];
                blocks[i] = new ResnetBlock(scope.Sub("block").Sub(i), channels, next, KlAutoencoder.Eps, names.Shortcut);
                channels = next;
            }

            levels.Add((blocks, level == 0 ? null : new Conv2d(scope.Sub("upsample.conv"), channels, channels, 3, padding: 1)));
        }

        normOut = new GroupNorm(w.Sub(names.NormOut), channels, KlAutoencoder.Eps);
        convOut = new Conv2d(w.Sub("conv_out"), channels, config.OutCh, 3, padding: 1);
    }

    /// <param name="z">(N, z, h, w).</param>
    /// <returns>(N, 3, H, W), about [-1, 1].</returns>
    internal Tensor Forward(Tensor z)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = middle2.Forward(middleAttention.Forward(middle1.Forward(convIn.Forward(ChannelsLast.Enter(z)))));
        foreach ((ResnetBlock[] blocks, Conv2d? up) in levels)
        {
            foreach (ResnetBlock block in blocks) h = Scratch.Replace(h, block.Forward(h));
            if (up is null) continue;
            h = Scratch.Replace(h, Upsampled(h, up));
        }

        return Scratch.InParts(h, h.numel() / h.size(0), part => convOut.Forward(normOut.Activated(part)))
            .contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Twice as large, and a convolution; (N, C, h, w) to (N, C, 2 h, 2 w).</summary>
    internal static Tensor Upsampled(Tensor x, Conv2d convolution)
    {
        const int Pixels = 4;
        return Scratch.InParts(x, x.numel() / x.size(0) * Pixels, part => convolution.Forward(F.interpolate(part, scale_factor: Twice)));
    }
}
