using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>
/// Attention of the U-Net's transformers (lvdm/modules/attention.py, CrossAttention): to itself, or to a context whose
/// first 77 tokens are text and whose rest, with image attention, are image tokens with keys and values of their own.
/// </summary>
internal sealed class CrossAttention
{
    private readonly Linear toQuery, toKey, toValue, toOutput;
    private readonly Linear? imageKey, imageValue;
    private readonly Tensor? alpha;
    private readonly long heads;

    public CrossAttention(
        WeightScope w, long width, long contextWidth, long heads, long headWidth, bool image = false, bool learnableScale = false)
    {
        long inner = heads * headWidth;
        this.heads = heads;
        toQuery = new Linear(w.Sub("to_q"), width, inner, bias: false);
        toKey = new Linear(w.Sub("to_k"), contextWidth, inner, bias: false);
        toValue = new Linear(w.Sub("to_v"), contextWidth, inner, bias: false);
        toOutput = new Linear(w.Sub("to_out.0"), inner, width);
        if (!image) return;
        imageKey = new Linear(w.Sub("to_k_ip"), contextWidth, inner, bias: false);
        imageValue = new Linear(w.Sub("to_v_ip"), contextWidth, inner, bias: false);
        if (learnableScale) alpha = w.Get("alpha", Initial.Zero);
    }

    /// <param name="x">(B, n, width); without a context also (B, T, P, width), over the T frames of each of P pixels.</param>
    /// <param name="context">Of width contextWidth for each of the B frames, or null for attention to x itself.</param>
    public Tensor Forward(Tensor x, FrameContext? context = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = toQuery.Forward(x);
        if (context is null)
            return toOutput.Forward(Attention.Self(query, toKey.Forward(x), toValue.Forward(x), heads)).MoveToOuterDisposeScope();
        if (imageKey is null || imageValue is null)
            return toOutput.Forward(Attend(query, context, context.Joined, toKey, toValue)).MoveToOuterDisposeScope();

        Tensor fromText = Attend(query, context, context.Text, toKey, toValue);
        Tensor fromImage = Attend(query, context, context.Image, imageKey, imageValue);
        if (alpha is not null) fromImage = fromImage * (alpha.tanh() + 1.0).to(fromImage.dtype);
        return toOutput.Forward(fromText + fromImage).MoveToOuterDisposeScope();
    }

    // Where all frames of a sample see the same tokens, they ask together.
    private Tensor Attend(Tensor query, FrameContext context, Tensor tokens, Linear key, Linear value)
    {
        Tensor asked = query.view(tokens.size(0), -1, query.size(2));
        return Attention.MultiHead(asked, key.Forward(tokens), value.Forward(tokens), heads).view(query.shape);
    }
}
