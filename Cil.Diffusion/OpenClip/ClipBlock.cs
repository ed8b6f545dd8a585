using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.OpenClip;

/// <summary>Pre-norm attention and MLP with exact GELU (open_clip, transformer.py, ResidualAttentionBlock).</summary>
internal sealed class ClipBlock
{
    private readonly LayerNorm norm1, norm2;
    private readonly Tensor inWeight, inBias;
    private readonly Linear output, widen, narrow;
    private readonly long heads;

    internal ClipBlock(WeightScope w, long width, long heads)
    {
        this.heads = heads;
        norm1 = new LayerNorm(w.Sub("ln_1"), width);
        inWeight = w.Get("attn.in_proj_weight", width * 3, width);
        inBias = w.Get("attn.in_proj_bias", Initial.Zero, width * 3);
        output = new Linear(w.Sub("attn.out_proj"), width, width);
        norm2 = new LayerNorm(w.Sub("ln_2"), width);
        widen = new Linear(w.Sub("mlp.c_fc"), width, width * 4);
        narrow = new Linear(w.Sub("mlp.c_proj"), width * 4, width);
    }

    /// <param name="x">(B, n, width).</param>
    /// <param name="mask">Added to the scores, (n, n), or null.</param>
    internal Tensor Forward(Tensor x, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] qkv = F.linear(norm1.Forward(x), inWeight, inBias).chunk(3, -1); // each (B, n, width)
        x = x + output.Forward(Attention.MultiHead(qkv[0], qkv[1], qkv[2], heads, mask));
        return (x + narrow.Forward(F.gelu(widen.Forward(norm2.Forward(x))))).MoveToOuterDisposeScope();
    }
}
