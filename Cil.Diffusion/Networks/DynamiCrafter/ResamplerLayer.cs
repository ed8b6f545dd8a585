using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>
/// Queries look at image tokens and at each other, then a feed-forward (resampler.py, PerceiverAttention and FeedForward).
/// </summary>
internal sealed class ResamplerLayer
{
    private readonly LayerNorm norm1, norm2, feedNorm;
    private readonly Linear toQuery, toKeyValue, toOutput, widen, narrow;
    private readonly long heads;

    internal ResamplerLayer(ResamplerConfig config, WeightScope w)
    {
        long dim = config.Dim, inner = config.Heads * config.DimHead;
        heads = config.Heads;
        WeightScope attention = w.Sub(0), feed = w.Sub(1);
        norm1 = new LayerNorm(attention.Sub("norm1"), dim);
        norm2 = new LayerNorm(attention.Sub("norm2"), dim);
        toQuery = new Linear(attention.Sub("to_q"), dim, inner, bias: false);
        toKeyValue = new Linear(attention.Sub("to_kv"), dim, inner * 2, bias: false);
        toOutput = new Linear(attention.Sub("to_out"), inner, dim, bias: false);
        feedNorm = new LayerNorm(feed.Sub(0), dim);
        widen = new Linear(feed.Sub(1), dim, dim * config.FfMult, bias: false);
        narrow = new Linear(feed.Sub(3), dim * config.FfMult, dim, bias: false);
    }

    /// <param name="x">(B, n, dim): image tokens.</param>
    /// <param name="latents">(B, q, dim).</param>
    internal Tensor Forward(Tensor x, Tensor latents)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = norm2.Forward(latents);
        Tensor[] keyValue = toKeyValue.Forward(cat([norm1.Forward(x), normed], 1)).chunk(2, -1); // (B, n + q, inner)
        latents = latents + toOutput.Forward(Attention.MultiHead(toQuery.Forward(normed), keyValue[0], keyValue[1], heads));
        return (latents + narrow.Forward(F.gelu(widen.Forward(feedNorm.Forward(latents))))).MoveToOuterDisposeScope();
    }
}
