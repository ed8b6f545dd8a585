using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>y = x W^T + b over the last axis.</summary>
public sealed class Linear(WeightScope weights, long inFeatures, long outFeatures, bool bias = true, bool zero = false)
{
    private readonly Tensor weight = weights.Get("weight", zero ? Initial.Zero : Initial.Uniform, outFeatures, inFeatures);
    private readonly Tensor? bias = bias ? weights.Get("bias", zero ? Initial.Zero : Initial.Uniform, outFeatures) : null;

    /// <param name="x">(..., inFeatures).</param>
    /// <returns>(..., outFeatures).</returns>
    public Tensor Forward(Tensor x) => Product.Of(x, weight, bias);
}
