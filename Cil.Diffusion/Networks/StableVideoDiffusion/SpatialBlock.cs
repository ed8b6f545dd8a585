using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// Attention over the pixels of a frame, to the image token, and feed-forward (diffusers, attention.py,
/// BasicTransformerBlock).
/// </summary>
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
        Tensor y = Scratch.Residual(x, norm1.Forward, self.Forward);
        Tensor token = cross.Forward(context.Token); // (B, width)
        y = Scratch.Replace(y, (y.view(token.size(0), -1, y.size(1), y.size(2)) + token.view(token.size(0), 1, 1, -1)).flatten(0, 1));
        return Scratch.Residual(y, norm3.Forward, feedForward.Forward).MoveToOuterDisposeScope();
    }
}
