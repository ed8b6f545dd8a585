using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Clip;

/// <summary>
/// Pre-norm attention and MLP with exact GELU (open_clip, transformer.py, ResidualAttentionBlock; transformers,
/// CLIPEncoderLayer).
/// </summary>
internal sealed class ClipBlock
{
    private readonly LayerNorm norm1, norm2;
    private readonly Tensor? joinedWeight, joinedBias;
    private readonly Linear[] apart = [];
    private readonly Linear output, widen, narrow;
    private readonly long heads;

    internal ClipBlock(WeightScope w, long width, long heads, ClipNames names)
    {
        this.heads = heads;
        norm1 = new LayerNorm(w.Sub(names.Norm1), width);
        if (names.Joined is { } joined)
        {
            joinedWeight = w.Get($"{joined}_weight", width * 3, width);
            joinedBias = w.Get($"{joined}_bias", Initial.Zero, width * 3);
        }

        apart = [.. names.Apart.Select(name => new Linear(w.Sub(name), width, width))];
        output = new Linear(w.Sub(names.Output), width, width);
        norm2 = new LayerNorm(w.Sub(names.Norm2), width);
        widen = new Linear(w.Sub(names.Widen), width, width * 4);
        narrow = new Linear(w.Sub(names.Narrow), width * 4, width);
    }

    /// <param name="x">(B, n, width).</param>
    /// <param name="mask">Added to the scores, (n, n), or null.</param>
    internal Tensor Forward(Tensor x, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = norm1.Forward(x);
        Tensor[] qkv = joinedWeight is null
            ? [.. apart.Select(layer => layer.Forward(normed))]
            : F.linear(normed, joinedWeight, joinedBias).chunk(3, -1); // each (B, n, width)
        x = x + output.Forward(Attention.MultiHead(qkv[0], qkv[1], qkv[2], heads, mask));
        return (x + narrow.Forward(F.gelu(widen.Forward(norm2.Forward(x))))).MoveToOuterDisposeScope();
    }
}
