using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Transformer over the pixels of each frame (lvdm/modules/attention.py, SpatialTransformer).</summary>
internal sealed class SpatialTransformer
{
    private readonly GroupNorm norm;
    private readonly Projection projectIn, projectOut;
    private readonly TransformerBlock[] blocks;

    public SpatialTransformer(WeightScope w, long channels, long heads, long headWidth, int depth, UNetConfig config)
    {
        long inner = heads * headWidth;
        norm = new GroupNorm(w.Sub("norm"), channels, 1e-6);
        projectIn = new Projection(w.Sub("proj_in"), channels, inner, config.UseLinear ? 0 : 2);
        blocks = [.. Enumerable.Range(0, depth).Select(i => new TransformerBlock(
            w.Sub("transformer_blocks").Sub(i), inner, config.ContextDim, heads, headWidth,
            config.ImageCrossAttention, config.ImageCrossAttentionScaleLearnable))];
        projectOut = new Projection(w.Sub("proj_out"), inner, channels, config.UseLinear ? 0 : 2, zero: true);
    }

    /// <param name="x">(B T, C, h, w).</param>
    public Tensor Forward(Tensor x, FrameContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = projectIn.Forward(ChannelsLast.ToTokens(norm.Forward(x))); // (B T, hw, C)
        foreach (TransformerBlock block in blocks) tokens = Scratch.Replace(tokens, block.Forward(tokens, context));
        tokens = Scratch.Replace(tokens, projectOut.Forward(tokens));
        return (x + ChannelsLast.ToPictures(tokens, x)).MoveToOuterDisposeScope(); // (B T, C, h, w)
    }
}
