using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.StableVideoDiffusion;

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
        using DisposeScope scope = NewDisposeScope();
        Tensor single = spatial.Forward(x, activatedEmbedding);
        return mixer.Add(single, temporal.Change(single, activatedEmbedding, frames)).MoveToOuterDisposeScope();
    }
}
