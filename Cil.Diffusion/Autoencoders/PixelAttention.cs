using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Autoencoders;

/// <summary>One attention head over all pixels (ae_modules.py, AttnBlock).</summary>
internal sealed class PixelAttention
{
    private readonly GroupNorm norm;
    private readonly Conv2d q, k, v, output;

    internal PixelAttention(WeightScope w, long channels)
    {
        norm = new GroupNorm(w.Sub("norm"), channels, 1e-6);
        q = new Conv2d(w.Sub("q"), channels, channels, 1);
        k = new Conv2d(w.Sub("k"), channels, channels, 1);
        v = new Conv2d(w.Sub("v"), channels, channels, 1);
        output = new Conv2d(w.Sub("proj_out"), channels, channels, 1);
    }

    /// <param name="x">(N, C, h, w).</param>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        long n = x.size(0), c = x.size(1), h = x.size(2), width = x.size(3);
        Tensor normed = norm.Forward(x);
        Tensor mixed = Attention.MultiHead(Tokens(q), Tokens(k), Tokens(v), 1); // (N, hw, C)
        return (x + output.Forward(mixed.transpose(1, 2).reshape(n, c, h, width))).MoveToOuterDisposeScope();

        Tensor Tokens(Conv2d conv) => conv.Forward(normed).view(n, c, h * width).transpose(1, 2); // (N, hw, C)
    }
}
