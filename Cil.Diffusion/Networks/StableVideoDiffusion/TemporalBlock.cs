using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// Feed-forward, attention over the frames of a pixel, to the image token, and feed-forward (diffusers, attention.py,
/// TemporalBasicTransformerBlock).
/// </summary>
internal sealed class TemporalBlock
{
    private readonly LayerNorm normIn, norm1, norm3;
    private readonly FeedForward feedForwardIn, feedForward;
    private readonly SelfAttention self;
    private readonly TokenAttention cross;

    internal TemporalBlock(WeightScope w, long width, long contextWidth, long heads, long headWidth)
    {
        normIn = new LayerNorm(w.Sub("norm_in"), width);
        feedForwardIn = new FeedForward(w.Sub("ff_in"), width);
        norm1 = new LayerNorm(w.Sub("norm1"), width);
        self = new SelfAttention(w.Sub("attn1"), width, heads, headWidth);
        _ = new LayerNorm(w.Sub("norm2"), width); // of the queries, which one token does not hear
        cross = new TokenAttention(w.Sub("attn2"), width, contextWidth, heads, headWidth);
        norm3 = new LayerNorm(w.Sub("norm3"), width);
        feedForward = new FeedForward(w.Sub("ff"), width);
    }

    /// <param name="x">(B hw, T, width), or (B, T, hw, width).</param>
    internal Tensor Forward(Tensor x, TimeContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = Scratch.Residual(x, normIn.Forward, feedForwardIn.Forward);
        y = Scratch.Replace(y, Scratch.Residual(y, norm1.Forward, self.Forward));
        y = Scratch.Replace(y, y + context.ForPixels(cross.Forward(context.Token), y));
        return Scratch.Residual(y, norm3.Forward, feedForward.Forward).MoveToOuterDisposeScope();
    }
}
