using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>Group norm with 32 groups, computed in float32 whatever the activations are, then cast back.</summary>
public sealed class GroupNorm(WeightScope weights, long channels, double eps)
{
    private const long Groups = 32;
    private readonly Tensor weight = weights.Get("weight", Initial.NormWeight, channels);
    private readonly Tensor bias = weights.Get("bias", Initial.NormBias, channels);

    /// <param name="x">(N, channels, ...).</param>
    public Tensor Forward(Tensor x) => MixedPrecision.GroupNorm(x, Groups, weight, bias, eps, silu: false);

    /// <summary>SiLU of the norm, which is how residual blocks use it.</summary>
    /// <param name="x">(N, channels, ...).</param>
    public Tensor Activated(Tensor x) => MixedPrecision.GroupNorm(x, Groups, weight, bias, eps, silu: true);
}
