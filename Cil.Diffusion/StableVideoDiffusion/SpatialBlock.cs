using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.StableVideoDiffusion;

/// <summary>Attention over the pixels of a frame, to the image token, and feed-forward (diffusers, attention.py, BasicTransformerBlock).</summary>
internal sealed class SpatialBlock
{
    private readonly LayerNorm norm1, norm3;
    private readonly SelfAttention self;
    private readonly TokenAttention cross;
    private readonly FeedForward feedForward;

    internal SpatialBlock(WeightScope w, long width, long contextWidth, long heads, long headWidth)
    {
        norm1 = new LayerNorm(w.Sub("norm1"), width);
        self = new SelfAttention(w.Sub("attn1"), width, heads, headWidth);
        _ = new LayerNorm(w.Sub("norm2"), width); // of the queries, which one token does not hear
        cross = new TokenAttention(w.Sub("attn2"), width, contextWidth, heads, headWidth);
        norm3 = new LayerNorm(w.Sub("norm3"), width);
        feedForward = new FeedForward(w.Sub("ff"), width);
    }

    /// <param name="x">(B T, hw, width).</param>
    /// <param name="context">Tokens (B, contextWidth).</param>
    internal Tensor Forward(Tensor x, TimeContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        x = x + self.Forward(norm1.Forward(x));
        Tensor token = cross.Forward(context.Token); // (B, width)
        x = (x.view(token.size(0), -1, x.size(1), x.size(2)) + token.view(token.size(0), 1, 1, -1)).flatten(0, 1);
        return (x + feedForward.Forward(norm3.Forward(x))).MoveToOuterDisposeScope();
    }
}
