using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>Square 2-D convolution.</summary>
public sealed class Conv2d(
    WeightScope weights, long inChannels, long outChannels, long kernel, long stride = 1, long padding = 0, bool bias = true, bool zero = false)
{
    private readonly Tensor weight = weights.Get("weight", zero ? Initial.Zero : Initial.Uniform, outChannels, inChannels, kernel, kernel);
    private readonly Tensor? bias = bias ? weights.Get("bias", zero ? Initial.Zero : Initial.Uniform, outChannels) : null;
    private readonly long[] strides = [stride, stride];
    private readonly long[] paddings = [padding, padding];

    /// <param name="x">(N, inChannels, h, w).</param>
    public Tensor Forward(Tensor x) => F.conv2d(x, weight, bias, strides, paddings);
}
