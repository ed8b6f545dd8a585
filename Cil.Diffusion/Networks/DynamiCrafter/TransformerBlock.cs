using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Self-attention, attention to the context, feed-forward, each on a layer norm and added (BasicTransformerBlock).</summary>
internal sealed class TransformerBlock
{
    private readonly SelfAttention self;
    private readonly CrossAttention cross;
    private readonly FeedForward feedForward;
    private readonly LayerNorm norm1, norm2, norm3;

    public TransformerBlock(WeightScope w, long width, long? contextWidth, long heads, long headWidth, bool image, bool learnableScale)
    {
        self = new SelfAttention(w.Sub("attn1"), width, heads, headWidth);
        feedForward = new FeedForward(w.Sub("ff"), width);
        cross = new CrossAttention(w.Sub("attn2"), width, contextWidth ?? width, heads, headWidth, image, learnableScale);
        norm1 = new LayerNorm(w.Sub("norm1"), width);
        norm2 = new LayerNorm(w.Sub("norm2"), width);
        norm3 = new LayerNorm(w.Sub("norm3"), width);
    }

    /// <param name="x">(B, n, width); without a context also (B, T, P, width), over the T frames of each of P pixels.</param>
    /// <param name="context">For each of the B frames; null where the second attention looks at x too (temporal blocks).</param>
    public Tensor Forward(Tensor x, FrameContext? context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = Scratch.Residual(x, norm1.Forward, self.Forward);
        y = Scratch.Replace(y, Scratch.Residual(y, norm2.Forward, normed => cross.Forward(normed, context)));
        return Scratch.Residual(y, norm3.Forward, feedForward.Forward).MoveToOuterDisposeScope();
    }
}
