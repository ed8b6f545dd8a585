using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>A linear layer over the last axis whose weight some checkpoints store as a convolution of kernel 1.</summary>
public sealed class Projection
{
    private readonly Tensor weight, bias;

    /// <param name="kernelAxes">Trailing axes of length 1 in the stored weight: 0 (linear), 1 (Conv1d) or 2 (Conv2d).</param>
    public Projection(WeightScope w, long inFeatures, long outFeatures, int kernelAxes, bool zero = false)
    {
        Initial initial = zero ? Initial.Zero : Initial.Uniform;
        long[] shape = [outFeatures, inFeatures, .. Enumerable.Repeat(1L, kernelAxes)];
        weight = w.Get("weight", initial, shape);
        bias = w.Get("bias", initial, outFeatures);
    }

    public Tensor Forward(Tensor x) => Product.Of(x, weight.dim() == 2 ? weight : weight.flatten(1), bias);
}
