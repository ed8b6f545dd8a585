using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Clip;

/// <summary>CLIP's image transformer (open_clip, transformer.py, VisionTransformer; transformers, CLIPVisionModelWithProjection).</summary>
public sealed class VisionTower
{
    private readonly Tensor classEmbedding, positions, patches, projection;
    private readonly LayerNorm normPre, normPost;
    private readonly ClipBlock[] blocks;
    private readonly long[] stride;
    private readonly bool projectionIsLinear;

    /// <param name="w">The scope of `visual`.</param>
    public VisionTower(OpenClipConfig config, WeightScope w)
        : this(config.Vision, config.EmbedDim, w, ClipNames.OpenClip)
    {
    }

    private VisionTower(VisionConfig vision, long embedDim, WeightScope w, ClipNames names)
    {
        Config = vision;
        long grid = vision.ImageSize / vision.PatchSize;
        stride = [vision.PatchSize, vision.PatchSize];
        classEmbedding = w.Get(names.Class, Initial.ScaledNormal, vision.Width);
        positions = w.Get(names.Positions, Initial.ScaledNormal, (grid * grid) + 1, vision.Width);
        projection = names.ProjectionIsLinear
            ? w.Get(names.Projection, Initial.ScaledNormal, embedDim, vision.Width)
            : w.Get(names.Projection, Initial.ScaledNormal, vision.Width, embedDim);
        projectionIsLinear = names.ProjectionIsLinear;
        patches = w.Get(names.Patches, vision.Width, 3, vision.PatchSize, vision.PatchSize);
        normPre = new LayerNorm(w.Sub(names.NormPre), vision.Width);
        blocks = [.. Enumerable.Range(0, vision.Layers).Select(
            i => new ClipBlock(w.Sub(names.Blocks).Sub(i), vision.Width, vision.Width / vision.HeadWidth, names))];
        normPost = new LayerNorm(w.Sub(names.NormPost), vision.Width);
    }

    public VisionConfig Config { get; }

    /// <summary>The tower of a checkpoint of transformers (CLIPVisionModelWithProjection).</summary>
    /// <param name="embedDim">Width of the pooled vector.</param>
    public static VisionTower OfTransformers(VisionConfig vision, long embedDim, WeightScope w) =>
        new(vision, embedDim, w, ClipNames.Transformers);

    /// <summary>All tokens of the last block, without the closing norm: what the resampler takes.</summary>
    /// <param name="pixels">(B, 3, size, size), normalised.</param>
    /// <returns>(B, 1 + grid², width), class token first.</returns>
    public Tensor Tokens(Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        long batch = pixels.size(0);
        Tensor x = F.conv2d(pixels, patches, null, stride).flatten(2).transpose(1, 2); // (B, grid², width)
        x = cat([classEmbedding.expand(batch, 1, Config.Width), x], 1) + positions;
        x = normPre.Forward(x);
        foreach (ClipBlock block in blocks) x = block.Forward(x, null);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The class token, normed and projected: one vector for the image.</summary>
    /// <returns>(B, embed_dim).</returns>
    public Tensor Pooled(Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor token = normPost.Forward(Tokens(pixels).select(1, 0));
        return token.matmul(projectionIsLinear ? projection.t() : projection).MoveToOuterDisposeScope();
    }
}
