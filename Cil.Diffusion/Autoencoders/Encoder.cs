using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Autoencoders;

/// <summary>Pictures to moments (ae_modules.py, Encoder; diffusers, vae.py, Encoder).</summary>
internal sealed class Encoder
{
    private static readonly long[] RightAndBottom = [0, 1, 0, 1];
    private readonly Conv2d convIn, convOut;
    private readonly List<(ResnetBlock[] Blocks, Conv2d? Down)> levels = [];
    private readonly ResnetBlock middle1, middle2;
    private readonly PixelAttention middleAttention;
    private readonly GroupNorm normOut;

    internal Encoder(AutoencoderConfig config, WeightScope w, AutoencoderNames names)
    {
        long channels = config.Ch;
        convIn = new Conv2d(w.Sub("conv_in"), config.InChannels, channels, 3, padding: 1);
        for (int level = 0; level < config.ChMult.Count; level++)
        {
            var blocks = new ResnetBlock[config.NumResBlocks];
            for (int i = 0; i < blocks.Length; i++)
            {
                long next = config.Ch * config.ChMult[level];
                blocks[i] = new ResnetBlock(w.Sub(names.Down(level, i)), channels, next, KlAutoencoder.Eps, names.Shortcut);
                channels = next;
            }

            bool last = level == config.ChMult.Count - 1;
            levels.Add((blocks, last ? null : new Conv2d(w.Sub(names.DownConvolution(level)), channels, channels, 3, stride: 2)));
        }

        middle1 = new ResnetBlock(w.Sub(names.Mid(0)), channels, channels, KlAutoencoder.Eps, names.Shortcut);
        middleAttention = new PixelAttention(w.Sub(names.MidAttention), channels, names);
        middle2 = new ResnetBlock(w.Sub(names.Mid(1)), channels, channels, KlAutoencoder.Eps, names.Shortcut);
        normOut = new GroupNorm(w.Sub(names.NormOut), channels, KlAutoencoder.Eps);
        convOut = new Conv2d(w.Sub("conv_out"), channels, config.ZChannels * 2, 3, padding: 1);
    }

    /// <param name="x">(N, 3, H, W) in [-1, 1].</param>
    /// <returns>(N, 2 z, h, w).</returns>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = convIn.Forward(ChannelsLast.Enter(x));
        foreach ((ResnetBlock[] blocks, Conv2d? down) in levels)
        {
            foreach (ResnetBlock block in blocks) h = Scratch.Replace(h, block.Forward(h));
            if (down is null) continue;
            // One row and one column of zeros, right and bottom only.
            h = Scratch.Replace(h, F.pad(h, RightAndBottom));
            h = Scratch.Replace(h, down.Forward(h));
        }

        h = middle2.Forward(middleAttention.Forward(middle1.Forward(h)));
        return convOut.Forward(normOut.Activated(h)).contiguous().MoveToOuterDisposeScope();
    }
}
