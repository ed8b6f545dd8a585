using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>GEGLU feed-forward, four times as wide inside (lvdm/modules/attention.py, FeedForward).</summary>
public sealed class FeedForward(WeightScope weights, long width)
{
    private readonly Linear project = new(weights.Sub("net.0.proj"), width, width * 8);
    private readonly Linear output = new(weights.Sub("net.2"), width * 4, width);

    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return Scratch.InParts(x.reshape(-1, width), width * 8, Rows).view(x.shape).MoveToOuterDisposeScope();
    }

    private Tensor Rows(Tensor x)
    {
        Tensor inside = project.Forward(x);
        bool isKernels = Kernel.Takes(inside) && width * 4 % Kernel.Lanes == 0;
        inside = Scratch.Replace(inside, isKernels ? GeluGateKernel.Run(inside) : MixedPrecision.GatedGelu(inside));
        return Scratch.Replace(inside, output.Forward(inside));
    }
}
