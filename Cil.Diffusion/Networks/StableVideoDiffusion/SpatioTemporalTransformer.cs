using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using Cil.Diffusion.Layers.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>Transformers over pixels and over time, blended (diffusers, transformer_temporal.py, TransformerSpatioTemporalModel).</summary>
internal sealed class SpatioTemporalTransformer
{
    private readonly GroupNorm norm;
    private readonly Linear projectIn, projectOut, position1, position2;
    private readonly (SpatialBlock Spatial, TemporalBlock Temporal)[] layers;
    private readonly Mixer mixer;
    private readonly long channels;

    internal SpatioTemporalTransformer(WeightScope w, long channels, long heads, SvdUNetConfig config)
    {
        long headWidth = channels / heads;
        this.channels = channels;
        norm = new GroupNorm(w.Sub("norm"), channels, 1e-6);
        projectIn = new Linear(w.Sub("proj_in"), channels, channels);
        layers = [.. Enumerable.Range(0, config.TransformerLayersPerBlock).Select(i => (
            new SpatialBlock(w.Sub("transformer_blocks").Sub(i), channels, config.CrossAttentionDim, heads, headWidth),
            new TemporalBlock(w.Sub("temporal_transformer_blocks").Sub(i), channels, config.CrossAttentionDim, heads, headWidth)))];
        position1 = new Linear(w.Sub("time_pos_embed.linear_1"), channels, channels * 4);
        position2 = new Linear(w.Sub("time_pos_embed.linear_2"), channels * 4, channels);
        mixer = new Mixer(w.Sub("time_mixer"), switched: false);
        projectOut = new Linear(w.Sub("proj_out"), channels, channels);
    }

    /// <param name="x">(B T, C, h, w).</param>
    internal Tensor Forward(Tensor x, TimeContext context, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = projectIn.Forward(ChannelsLast.ToTokens(norm.Forward(x))); // (B T, hw, C)
        Tensor sinusoid = TimestepEmbedding.Of(arange(frames, float32, x.device), channels).to(x.dtype);
        Tensor positions = position2.Forward(F.silu(position1.Forward(sinusoid))); // (T, C)
        foreach ((SpatialBlock spatial, TemporalBlock temporal) in layers)
        {
            tokens = Scratch.Replace(tokens, spatial.Forward(tokens, context));
            tokens = Scratch.Replace(tokens, mixer.Blend(tokens, Together(tokens, temporal, context, positions)));
        }

        tokens = Scratch.Replace(tokens, projectOut.Forward(tokens));
        return (x + ChannelsLast.ToPictures(tokens, x)).MoveToOuterDisposeScope();
    }

    // Tokens (B T, hw, C) through a block over time and back.
    private Tensor Together(Tensor tokens, TemporalBlock temporal, TimeContext context, Tensor positions)
    {
        using DisposeScope scope = NewDisposeScope();
        long n = tokens.size(0), pixels = tokens.size(1), frames = positions.size(0), b = n / frames;
        if (Kernel.Takes(tokens))
        {
            Tensor inPlace = tokens.view(b, frames, pixels, channels) + positions.unsqueeze(1);
            return temporal.Forward(inPlace, context).view(n, pixels, channels).MoveToOuterDisposeScope();
        }

        Tensor sequences = (tokens.view(b, frames, pixels, channels).transpose(1, 2) + positions).reshape(b * pixels, frames, channels);
        Tensor together = temporal.Forward(sequences, context).view(b, pixels, frames, channels);
        return together.transpose(1, 2).reshape(n, pixels, channels).MoveToOuterDisposeScope();
    }
}
