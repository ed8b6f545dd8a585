using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.DynamiCrafter;

/// <summary>
/// Attention of the U-Net's transformers (lvdm/modules/attention.py, CrossAttention): to itself, or to a context whose
/// first 77 tokens are text and whose rest, with image attention, are image tokens with keys and values of their own.
/// </summary>
public sealed class CrossAttention
{
    private const long TextTokens = 77;

    private readonly Linear toQuery, toKey, toValue, toOutput;
    private readonly Linear? imageKey, imageValue;
    private readonly Tensor? alpha;
    private readonly long heads;

    public CrossAttention(WeightScope w, long width, long contextWidth, long heads, long headWidth, bool image = false, bool learnableScale = false)
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

    /// <param name="x">(B, n, width).</param>
    /// <param name="context">(B, m, contextWidth), or null for attention to x itself.</param>
    public Tensor Forward(Tensor x, Tensor? context = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = toQuery.Forward(x);
        if (context is null || imageKey is null || imageValue is null)
        {
            Tensor source = context ?? x;
            return toOutput.Forward(Attention.MultiHead(query, toKey.Forward(source), toValue.Forward(source), heads)).MoveToOuterDisposeScope();
        }

        Tensor text = context.narrow(1, 0, TextTokens);
        Tensor image = context.narrow(1, TextTokens, context.size(1) - TextTokens);
        Tensor fromText = Attention.MultiHead(query, toKey.Forward(text), toValue.Forward(text), heads);
        Tensor fromImage = Attention.MultiHead(query, imageKey.Forward(image), imageValue.Forward(image), heads);
        if (alpha is not null) fromImage = fromImage * (alpha.tanh() + 1.0).to(fromImage.dtype);
        return toOutput.Forward(fromText + fromImage).MoveToOuterDisposeScope();
    }
}
