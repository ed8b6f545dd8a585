using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Autoencoders;

/// <summary>Residual block of the first stage, without an embedding (ae_modules.py, ResnetBlock).</summary>
internal sealed class ResnetBlock
{
    private const double Eps = 1e-6;
    private readonly GroupNorm norm1, norm2;
    private readonly Conv2d conv1, conv2;
    private readonly Conv2d? shortcut;

    internal ResnetBlock(WeightScope w, long inChannels, long outChannels)
    {
        norm1 = new GroupNorm(w.Sub("norm1"), inChannels, Eps);
        conv1 = new Conv2d(w.Sub("conv1"), inChannels, outChannels, 3, padding: 1);
        norm2 = new GroupNorm(w.Sub("norm2"), outChannels, Eps);
        conv2 = new Conv2d(w.Sub("conv2"), outChannels, outChannels, 3, padding: 1);
        if (inChannels != outChannels) shortcut = new Conv2d(w.Sub("nin_shortcut"), inChannels, outChannels, 1);
    }

    /// <param name="x">(N, C, h, w).</param>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = conv1.Forward(norm1.Activated(x));
        h = conv2.Forward(norm2.Activated(h));
        return ((shortcut is null ? x : shortcut.Forward(x)) + h).MoveToOuterDisposeScope();
    }
}
