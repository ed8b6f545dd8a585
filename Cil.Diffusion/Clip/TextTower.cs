using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Clip;

/// <summary>OpenCLIP's text transformer, as DynamiCrafter reads it (lvdm/modules/encoders/condition.py, FrozenOpenCLIPEmbedder).</summary>
public sealed class TextTower
{
    private readonly Tensor tokenEmbedding, positions;
    private readonly ClipBlock[] blocks;
    private readonly LayerNorm normFinal;

    public TextTower(TextConfig config, WeightScope w)
    {
        Config = config;
        positions = w.Get("positional_embedding", Initial.Normal, config.ContextLength, config.Width);
        tokenEmbedding = w.Get("token_embedding.weight", Initial.Normal, config.VocabSize, config.Width);
        blocks = [.. Enumerable.Range(0, config.Layers)
            .Select(i => new ClipBlock(w.Sub("transformer.resblocks").Sub(i), config.Width, config.Heads, ClipNames.OpenClip))];
        normFinal = new LayerNorm(w.Sub("ln_final"), config.Width);
    }

    /// <summary>Names in an OpenCLIP checkpoint that nothing here reads.</summary>
    public static IReadOnlyCollection<string> Unused { get; } = ["text_projection", "logit_scale", "attn_mask"];

    public TextConfig Config { get; }

    /// <summary>Features before the last block, then the final norm ("penultimate"), which is what the video models take.</summary>
    /// <param name="tokens">(B, 77), int64. Padding is attended like any other token.</param>
    /// <returns>(B, 77, width).</returns>
    public Tensor Forward(Tensor tokens) => Forward(tokens, skipLast: 1);

    /// <param name="skipLast">Blocks left out at the end.</param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor tokens, int skipLast)
    {
        using DisposeScope scope = NewDisposeScope();
        long length = tokens.size(1);
        Tensor mask = full([length, length], double.NegativeInfinity, tokenEmbedding.dtype, tokens.device).triu(1); // causal
        Tensor x = tokenEmbedding.index_select(0, tokens.flatten()).view(tokens.size(0), length, Config.Width) + positions;
        foreach (ClipBlock block in blocks[..^skipLast]) x = block.Forward(x, mask);
        return normFinal.Forward(x).MoveToOuterDisposeScope();
    }
}
