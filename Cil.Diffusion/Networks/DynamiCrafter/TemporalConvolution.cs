using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>
/// Four convolutions of kernel 3 over time, added to their input (openaimodel3d.py, TemporalConvBlock).
/// Run as 2-D convolutions of kernel (3, 1) over (T, h w): the same sums, and much faster than 3-D ones here.
/// </summary>
public sealed class TemporalConvolution
{
    private static readonly long[] Padding = [1, 0];
    private readonly (GroupNorm Norm, Tensor Weight, Tensor Bias)[] stages;
    private readonly double dropout;

    public TemporalConvolution(WeightScope w, long channels, double dropout)
    {
        this.dropout = dropout;
        stages = [.. Enumerable.Range(1, 4).Select(stage =>
        {
            WeightScope scope = w.Sub($"conv{stage}");
            // Stages 2 to 4 hold a dropout module, which shifts the convolution's index.
            WeightScope conv = scope.Sub(stage == 1 ? 2 : 3);
            Initial initial = stage == 4 ? Initial.Zero : Initial.Uniform;
            return (new GroupNorm(scope.Sub(0), channels, 1e-5),
                conv.Get("weight", initial, channels, channels, 3, 1, 1),
                conv.Get("bias", initial, channels));
        })];
    }

    /// <param name="x">(B T, C, h, w).</param>
    public Tensor Forward(Tensor x, long frames, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor video = ChannelsLast.ToVideo(x, frames); // (B, C, T, hw)
        Tensor y = video;
        for (int i = 0; i < stages.Length; i++)
        {
            (GroupNorm norm, Tensor weight, Tensor bias) = stages[i];
            y = i == 0 ? norm.Activated(y) : Scratch.Replace(y, norm.Activated(y));
            if (training && i > 0) y = F.dropout(y, dropout, training);
            y = Scratch.Replace(y, F.conv2d(y, weight.squeeze(-1), bias, padding: Padding)); // kernel (3, 1)
        }

        y = Scratch.Replace(y, video + y);
        return ChannelsLast.ToFrames(y, x.size(2), x.size(3)).MoveToOuterDisposeScope();
    }
}
