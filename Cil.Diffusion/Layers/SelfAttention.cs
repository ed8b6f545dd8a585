using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>Attention of a sequence to itself, queries, keys and values without bias (diffusers and lvdm: attn1).</summary>
public sealed class SelfAttention(WeightScope w, long width, long heads, long headWidth)
{
    private readonly Linear query = new(w.Sub("to_q"), width, heads * headWidth, bias: false);
    private readonly Linear key = new(w.Sub("to_k"), width, heads * headWidth, bias: false);
    private readonly Linear value = new(w.Sub("to_v"), width, heads * headWidth, bias: false);
    private readonly Linear output = new(w.Sub("to_out.0"), heads * headWidth, width);

    /// <param name="x">(B, n, width); or (B, T, P, width), over the T frames of each of P pixels.</param>
    public Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return output.Forward(Attention.Self(query.Forward(x), key.Forward(x), value.Forward(x), heads)).MoveToOuterDisposeScope();
    }
}
