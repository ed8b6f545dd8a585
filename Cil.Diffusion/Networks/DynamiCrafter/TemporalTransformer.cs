using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Transformer over the frames of each pixel; both attentions look at the frames themselves (TemporalTransformer).</summary>
public sealed class TemporalTransformer
{
    private readonly GroupNorm norm;
    private readonly Projection projectIn, projectOut;
    private readonly TransformerBlock[] blocks;

    public TemporalTransformer(WeightScope w, long channels, long heads, long headWidth, int depth, bool linear)
    {
        long inner = heads * headWidth;
        norm = new GroupNorm(w.Sub("norm"), channels, 1e-6);
        projectIn = new Projection(w.Sub("proj_in"), channels, inner, linear ? 0 : 1);
        blocks = [.. Enumerable.Range(0, depth).Select(i => new TransformerBlock(
            w.Sub("transformer_blocks").Sub(i), inner, null, heads, headWidth, image: false, learnableScale: false))];
        projectOut = new Projection(w.Sub("proj_out"), inner, channels, linear ? 0 : 1, zero: true);
    }

    /// <param name="x">(B T, C, h, w).</param>
    public Tensor Forward(Tensor x, long frames)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = projectIn.Forward(FrameTokens.Of(norm.Forward(ChannelsLast.ToVideo(x, frames))));
        foreach (TransformerBlock block in blocks) tokens = Scratch.Replace(tokens, block.Forward(tokens, null));
        tokens = Scratch.Replace(tokens, projectOut.Forward(tokens));
        return (x + ChannelsLast.ToFrames(FrameTokens.ToVideo(tokens, frames, x.size(0)), x.size(2), x.size(3))).MoveToOuterDisposeScope();
    }
}
