using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Autoencoders;

/// <summary>One attention head over all pixels (ae_modules.py, AttnBlock; diffusers, unet_2d_blocks.py, UNetMidBlock2D).</summary>
internal sealed class PixelAttention
{
    private readonly GroupNorm norm;
    private readonly Projection q, k, v, output;

    internal PixelAttention(WeightScope w, long channels, AutoencoderNames names)
    {
        norm = new GroupNorm(w.Sub(names.AttentionNorm), channels, 1e-6);
        q = new Projection(w.Sub(names.Query), channels, channels, names.AttentionKernelAxes);
        k = new Projection(w.Sub(names.Key), channels, channels, names.AttentionKernelAxes);
        v = new Projection(w.Sub(names.Value), channels, channels, names.AttentionKernelAxes);
        output = new Projection(w.Sub(names.AttentionOutput), channels, channels, names.AttentionKernelAxes);
    }

    /// <param name="x">(N, C, h, w).</param>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = ChannelsLast.ToTokens(norm.Forward(x)); // (N, hw, C)
        Tensor mixed = Attention.MultiHead(q.Forward(tokens), k.Forward(tokens), v.Forward(tokens), 1); // (N, hw, C)
        return (x + ChannelsLast.ToPictures(output.Forward(mixed), x)).MoveToOuterDisposeScope();
    }
}
