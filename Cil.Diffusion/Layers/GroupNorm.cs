using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>Group norm with 32 groups, computed in float32 whatever the activations are, then cast back.</summary>
public sealed class GroupNorm(WeightScope weights, long channels, double eps)
{
    private const long Groups = 32;
    private readonly Tensor weight = weights.Get("weight", Initial.NormWeight, channels);
    private readonly Tensor bias = weights.Get("bias", Initial.NormBias, channels);

    /// <param name="x">(N, channels, ...).</param>
    public Tensor Forward(Tensor x) => Norm(x, silu: false);

    /// <summary>SiLU of the norm, which is how residual blocks use it.</summary>
    /// <param name="x">(N, channels, ...).</param>
    public Tensor Activated(Tensor x) => Norm(x, silu: true);

    private Tensor Norm(Tensor x, bool silu)
    {
        if (!Kernel.Takes(x) || x.dim() != 4 || channels % Kernel.Lanes != 0 || !ChannelsLast.Holds(x))
            return MixedPrecision.GroupNorm(x, Groups, weight, bias, eps, silu);
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = x.permute(0, 2, 3, 1); // (N, h, w, C)
        Tensor normed = GroupNormKernel.Run(
            rows.view(x.size(0), -1, channels), (int)Groups, weight.to(ScalarType.Float32), bias.to(ScalarType.Float32), eps, silu);
        return normed.view(rows.shape).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
