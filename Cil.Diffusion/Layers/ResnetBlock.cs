using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Residual block over the pixels of each picture: two of norm, SiLU and convolution, with or without an embedding between
/// them (ae_modules.py, ResnetBlock; diffusers, resnet.py, ResnetBlock2D).
/// </summary>
public sealed class ResnetBlock
{
    private readonly GroupNorm norm1, norm2;
    private readonly Conv2d conv1, conv2;
    private readonly Conv2d? shortcut;
    private readonly Linear? embed;

    /// <param name="shortcut">What the checkpoint calls the 1 × 1 convolution of blocks that change the number of channels.</param>
    /// <param name="embedWidth">Width of the embedding, or 0 for none.</param>
    public ResnetBlock(WeightScope w, long inChannels, long outChannels, double eps, string shortcut, long embedWidth = 0)
    {
        norm1 = new GroupNorm(w.Sub("norm1"), inChannels, eps);
        conv1 = new Conv2d(w.Sub("conv1"), inChannels, outChannels, 3, padding: 1);
        if (embedWidth > 0) embed = new Linear(w.Sub("time_emb_proj"), embedWidth, outChannels);
        norm2 = new GroupNorm(w.Sub("norm2"), outChannels, eps);
        conv2 = new Conv2d(w.Sub("conv2"), outChannels, outChannels, 3, padding: 1);
        if (inChannels != outChannels) this.shortcut = new Conv2d(w.Sub(shortcut), inChannels, outChannels, 1);
    }

    /// <param name="x">(N, C, h, w).</param>
    /// <param name="activatedEmbedding">
    /// SiLU of the embedding, (B, embedWidth), for each N / B pictures that follow one another; null where the block takes
    /// none.
    /// </param>
    public Tensor Forward(Tensor x, Tensor? activatedEmbedding = null) =>
        activatedEmbedding is null ? Scratch.InParts(x, x.numel() / x.size(0), part => Whole(part, null)) : Whole(x, activatedEmbedding);

    private Tensor Whole(Tensor x, Tensor? activatedEmbedding)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = norm1.Activated(x);
        h = Scratch.Replace(h, conv1.Forward(h));
        if (embed is not null)
        {
            Tensor shift = embed.Forward(activatedEmbedding!); // (B, C)
            Tensor videos = h.view(shift.size(0), -1, h.size(1), h.size(2), h.size(3)); // (B, N / B, C, h, w)
            h = Scratch.Replace(h, Scratch.Replace(videos, videos + shift.view(shift.size(0), 1, -1, 1, 1)).flatten(0, 1));
        }

        h = Scratch.Replace(h, norm2.Activated(h));
        h = Scratch.Replace(h, conv2.Forward(h));
        return ((shortcut is null ? x : shortcut.Forward(x)) + h).MoveToOuterDisposeScope();
    }
}
