using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>Two convolutions with norms beside a shortcut (core/extractor.py, ResidualBlock).</summary>
internal sealed class RaftResidual
{
    private readonly Conv2d conv1, conv2;
    private readonly RaftNorm norm1, norm2;
    private readonly Conv2d? shortcut;
    private readonly RaftNorm? shortcutNorm;

    internal RaftResidual(WeightScope w, long from, long to, long stride, bool isBatchNorm)
    {
        conv1 = new Conv2d(w.Sub("conv1"), from, to, 3, stride, padding: 1);
        conv2 = new Conv2d(w.Sub("conv2"), to, to, 3, padding: 1);
        norm1 = new RaftNorm(w.Sub("norm1"), to, isBatchNorm);
        norm2 = new RaftNorm(w.Sub("norm2"), to, isBatchNorm);
        if (stride == 1) return;
        shortcut = new Conv2d(w.Sub("downsample").Sub(0), from, to, 1, stride);
        shortcutNorm = new RaftNorm(w.Sub("downsample").Sub(1), to, isBatchNorm);
    }

    /// <param name="x">(N, from, h, w).</param>
    /// <returns>(N, to, h / stride, w / stride).</returns>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = F.relu(norm1.Forward(conv1.Forward(x)));
        y = F.relu(norm2.Forward(conv2.Forward(y)));
        Tensor beside = shortcut is null ? x : shortcutNorm!.Forward(shortcut.Forward(x));
        return F.relu(beside + y).MoveToOuterDisposeScope();
    }
}
