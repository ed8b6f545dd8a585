using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>One resolution of the U-Net on its way down or up, or its middle.</summary>
internal sealed class SvdLevel
{
    private static readonly double[] Twice = [2, 2];

    internal required SpatioTemporalResnet[] Resnets { get; init; }

    /// <summary>One behind each block; empty on levels without; in the middle between the two.</summary>
    internal required SpatioTemporalTransformer[] Transformers { get; init; }

    internal Conv2d? Downsample { get; init; }

    internal Conv2d? Upsample { get; init; }

    /// <param name="x">(B T, C, h, w).</param>
    /// <param name="skips">Receives what comes out of every block and of the downsampling.</param>
    /// <param name="blocks">Stops behind so many blocks; null goes through all, and down.</param>
    internal Tensor Down(Tensor x, Tensor embedding, TimeContext context, long frames, Stack<Tensor> skips, int? blocks = null)
    {
        for (int i = 0; i < (blocks ?? Resnets.Length); i++)
        {
            x = Block(i, x, embedding, context, frames);
            skips.Push(x);
        }

        if (Downsample is null || blocks is not null) return x;
        x = Downsample.Forward(x);
        skips.Push(x);
        return x;
    }

    /// <param name="skips">Gives the last of the way down first.</param>
    /// <param name="blocks">Which blocks to go through; the way up is behind the last.</param>
    internal Tensor Up(Tensor x, Tensor embedding, TimeContext context, long frames, Stack<Tensor> skips, Range? blocks = null)
    {
        (int first, int count) = (blocks ?? Range.All).GetOffsetAndLength(Resnets.Length);
        for (int i = first; i < first + count; i++)
        {
            using Tensor skip = skips.Pop();
            using Tensor joined = cat([x, skip], 1);
            x.Dispose();
            x = Block(i, joined, embedding, context, frames);
        }

        if (Upsample is null || first + count < Resnets.Length) return x;
        using Tensor larger = F.interpolate(x, scale_factor: Twice);
        x.Dispose();
        return Upsample.Forward(larger);
    }

    internal Tensor Middle(Tensor x, Tensor embedding, TimeContext context, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = Transformers[0].Forward(Resnets[0].Forward(x, embedding, frames), context, frames);
        return Resnets[1].Forward(h, embedding, frames).MoveToOuterDisposeScope();
    }

    private Tensor Block(int i, Tensor x, Tensor embedding, TimeContext context, long frames)
    {
        Tensor h = Resnets[i].Forward(x, embedding, frames);
        if (Transformers.Length == 0) return h;
        using (h) return Transformers[i].Forward(h, context, frames);
    }
}
