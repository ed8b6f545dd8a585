using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>Square 2-D convolution.</summary>
public sealed class Conv2d(
    WeightScope weights, long inChannels, long outChannels, long kernel,
    long stride = 1, long padding = 0, bool bias = true, bool zero = false)
{
    private readonly Tensor weight = weights.Get("weight", zero ? Initial.Zero : Initial.Uniform, outChannels, inChannels, kernel, kernel);
    private readonly Tensor? bias = bias ? weights.Get("bias", zero ? Initial.Zero : Initial.Uniform, outChannels) : null;
    // oneDNN 3.7.1 in libtorch 2.10 computes the gradient of the input, and bfloat16, wrongly in a batch with few output
    // channels. Seen with 32 to 4 channels, 8 x 8, batches of 8, AVX-512; 16 are right.
    private const long FewestChannels = 16;

    private readonly long[] strides = [stride, stride];
    private readonly long[] paddings = [padding, padding];

    /// <param name="x">(N, inChannels, h, w).</param>
    public Tensor Forward(Tensor x)
    {
        bool isFaulty = x.dtype == ScalarType.BFloat16 || (is_grad_enabled() && x.requires_grad);
        if (outChannels >= FewestChannels || x.device_type != DeviceType.CPU || !isFaulty)
            return F.conv2d(x, weight, bias, strides, paddings);
        using DisposeScope scope = NewDisposeScope();
        Tensor none = zeros([FewestChannels - outChannels, .. weight.shape[1..]], weight.dtype);
        Tensor y = F.conv2d(x, cat([weight, none], 0), null, strides, paddings).narrow(1, 0, outChannels);
        return (bias is null ? y : y + bias.view(-1, 1, 1)).MoveToOuterDisposeScope();
    }
}
