using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.OpenClip;

/// <summary>OpenCLIP's image transformer (open_clip, transformer.py, VisionTransformer).</summary>
public sealed class VisionTower
{
    private readonly Tensor classEmbedding, positions, patches, projection;
    private readonly LayerNorm normPre, normPost;
    private readonly ClipBlock[] blocks;
    private readonly long[] stride;

    /// <param name="w">The scope of `visual`.</param>
    public VisionTower(OpenClipConfig config, WeightScope w)
    {
        VisionConfig vision = Config = config.Vision;
        long grid = vision.ImageSize / vision.PatchSize;
        stride = [vision.PatchSize, vision.PatchSize];
        classEmbedding = w.Get("class_embedding", Initial.ScaledNormal, vision.Width);
        positions = w.Get("positional_embedding", Initial.ScaledNormal, (grid * grid) + 1, vision.Width);
        projection = w.Get("proj", Initial.ScaledNormal, vision.Width, config.EmbedDim);
        patches = w.Get("conv1.weight", vision.Width, 3, vision.PatchSize, vision.PatchSize);
        normPre = new LayerNorm(w.Sub("ln_pre"), vision.Width);
        blocks = [.. Enumerable.Range(0, vision.Layers).Select(
            i => new ClipBlock(w.Sub("transformer.resblocks").Sub(i), vision.Width, vision.Width / vision.HeadWidth))];
        normPost = new LayerNorm(w.Sub("ln_post"), vision.Width);
    }

    public VisionConfig Config { get; }

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
        return normPost.Forward(Tokens(pixels).select(1, 0)).matmul(projection).MoveToOuterDisposeScope();
    }
}
