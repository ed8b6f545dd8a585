using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>A residual block over pixels, then one over time, blended (diffusers, resnet.py, SpatioTemporalResBlock).</summary>
internal sealed class SpatioTemporalResnet(
    WeightScope w, long inChannels, long outChannels, long embedWidth, double eps, double temporalEps, bool switched)
{
    private readonly ResnetBlock spatial = new(w.Sub("spatial_res_block"), inChannels, outChannels, eps, "conv_shortcut", embedWidth);
    private readonly TemporalResnet temporal = new(w.Sub("temporal_res_block"), outChannels, temporalEps, embedWidth);
    private readonly Mixer mixer = new(w.Sub("time_mixer"), switched);

    /// <param name="x">(B T, C, h, w).</param>
    /// <param name="activatedEmbedding">SiLU of the embedding, (B, embedWidth), or null.</param>
    internal Tensor Forward(Tensor x, Tensor? activatedEmbedding, long frames)
    {
        using Tensor single = OverPixels(x, activatedEmbedding);
        return OverTime(single, activatedEmbedding, frames);
    }

    /// <summary>The first half, after which x is not needed.</summary>
    internal Tensor OverPixels(Tensor x, Tensor? activatedEmbedding) => spatial.Forward(x, activatedEmbedding);

    /// <summary>The second half, of what the first gave.</summary>
    internal Tensor OverTime(Tensor single, Tensor? activatedEmbedding, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        return mixer.Add(single, temporal.Change(single, activatedEmbedding, frames)).MoveToOuterDisposeScope();
    }
}
