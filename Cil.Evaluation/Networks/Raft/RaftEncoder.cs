using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>Features of a frame at an eighth of its size (core/extractor.py, BasicEncoder).</summary>
internal sealed class RaftEncoder
{
    private readonly Conv2d first, last;
    private readonly RaftNorm norm;
    private readonly RaftResidual[] blocks;

    internal RaftEncoder(WeightScope w, long channels, bool isBatchNorm)
    {
        first = new Conv2d(w.Sub("conv1"), 3, 64, 7, stride: 2, padding: 3);
        norm = new RaftNorm(w.Sub("norm1"), 64, isBatchNorm);
        blocks = [.. Layer("layer1", 64, 64, 1), .. Layer("layer2", 64, 96, 2), .. Layer("layer3", 96, 128, 2)];
        last = new Conv2d(w.Sub("conv2"), 128, channels, 1);

        RaftResidual[] Layer(string name, long from, long to, long stride) =>
        [
            new(w.Sub(name).Sub(0), from, to, stride, isBatchNorm),
            new(w.Sub(name).Sub(1), to, to, 1, isBatchNorm),
        ];
    }

    /// <param name="image">(N, 3, H, W) in [-1, 1].</param>
    /// <returns>(N, channels, H / 8, W / 8).</returns>
    internal Tensor Forward(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = F.relu(norm.Forward(first.Forward(image)));
        foreach (RaftResidual block in blocks) x = Scratch.Replace(x, block.Forward(x));
        return last.Forward(x).MoveToOuterDisposeScope();
    }
}
