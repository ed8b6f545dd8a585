using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// What two convolutions of kernel 3 over time add to their input (diffusers, resnet.py, TemporalResnetBlock). Run as 2-D
/// convolutions of kernel (3, 1) over (T, h w): the same sums, and faster than 3-D ones.
/// </summary>
internal sealed class TemporalResnet
{
    private static readonly long[] Padding = [1, 0];
    private readonly GroupNorm norm1, norm2;
    private readonly Tensor weight1, bias1, weight2, bias2;
    private readonly Linear? embed;

    internal TemporalResnet(WeightScope w, long channels, double eps, long embedWidth)
    {
        norm1 = new GroupNorm(w.Sub("norm1"), channels, eps);
        weight1 = w.Get("conv1.weight", channels, channels, 3, 1, 1);
        bias1 = w.Get("conv1.bias", channels);
        if (embedWidth > 0) embed = new Linear(w.Sub("time_emb_proj"), embedWidth, channels);
        norm2 = new GroupNorm(w.Sub("norm2"), channels, eps);
        weight2 = w.Get("conv2.weight", channels, channels, 3, 1, 1);
        bias2 = w.Get("conv2.bias", channels);
    }

    /// <param name="x">(B T, C, h, w).</param>
    /// <param name="activatedEmbedding">SiLU of the embedding, (B, embedWidth); null where the block takes none.</param>
    /// <returns>The change, without the input: (B T, C, h, w).</returns>
    internal Tensor Change(Tensor x, Tensor? activatedEmbedding, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        long b = x.size(0) / frames;
        Tensor y = ChannelsLast.ToVideo(x, frames); // (B, C, T, hw)
        y = Scratch.Replace(y, norm1.Activated(y));
        y = Scratch.Replace(y, F.conv2d(y, weight1.squeeze(-1), bias1, padding: Padding));
        if (embed is not null) y = Scratch.Replace(y, y + embed.Forward(activatedEmbedding!).view(b, -1, 1, 1));
        y = Scratch.Replace(y, norm2.Activated(y));
        y = Scratch.Replace(y, F.conv2d(y, weight2.squeeze(-1), bias2, padding: Padding));
        return ChannelsLast.ToFrames(y, x.size(2), x.size(3)).MoveToOuterDisposeScope();
    }
}
