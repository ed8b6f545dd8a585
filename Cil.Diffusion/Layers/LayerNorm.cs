using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>Layer norm over the last axis, computed in float32 whatever the activations are, then cast back.</summary>
public sealed class LayerNorm(WeightScope weights, long width, double eps = 1e-5)
{
    private readonly Tensor weight = weights.Get("weight", Initial.NormWeight, width);
    private readonly Tensor bias = weights.Get("bias", Initial.NormBias, width);

    /// <param name="x">(..., width).</param>
    public Tensor Forward(Tensor x) => MixedPrecision.LayerNorm(x, weight, bias, eps);
}
