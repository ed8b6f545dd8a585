using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.I3d;

/// <summary>Convolution over time, height and width, batch norm and ReLU (pytorch_i3d.py, Unit3D).</summary>
internal sealed class Unit3d(WeightScope w, long from, long to, long kernel, long stride = 1)
{
    // Sonnet's, of the published network; PyTorch's own default is another.
    private const double Eps = 1e-3;

    private readonly Tensor weight = w.Sub("conv3d").Get("weight", to, from, kernel, kernel, kernel);
    private readonly BatchNorm norm = new(w.Sub("bn"), to, Eps);
    private readonly long[] kernels = [kernel, kernel, kernel], strides = [stride, stride, stride];

    /// <param name="x">(N, from, T, H, W).</param>
    /// <returns>(N, to, ⌈T / stride⌉, ⌈H / stride⌉, ⌈W / stride⌉).</returns>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor padded = kernel == 1 && stride == 1 ? x : SamePadding.Pad(x, kernels, strides);
        return F.relu(norm.Forward(F.conv3d(padded, weight, strides: strides))).MoveToOuterDisposeScope();
    }
}
