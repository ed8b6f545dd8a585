using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Residual block with the time embedding, then convolutions over time (openaimodel3d.py, ResBlock).</summary>
public sealed class ResidualBlock
{
    private readonly GroupNorm norm1, norm2;
    private readonly Conv2d conv1, conv2;
    private readonly Linear embed;
    private readonly Conv2d? skip;
    private readonly TemporalConvolution? temporal;
    private readonly double dropout;

    public ResidualBlock(WeightScope w, long inChannels, long outChannels, long embedWidth, UNetConfig config)
    {
        dropout = config.Dropout;
        norm1 = new GroupNorm(w.Sub("in_layers.0"), inChannels, 1e-5);
        conv1 = new Conv2d(w.Sub("in_layers.2"), inChannels, outChannels, 3, padding: 1);
        embed = new Linear(w.Sub("emb_layers.1"), embedWidth, outChannels);
        norm2 = new GroupNorm(w.Sub("out_layers.0"), outChannels, 1e-5);
        conv2 = new Conv2d(w.Sub("out_layers.3"), outChannels, outChannels, 3, padding: 1, zero: true);
        if (inChannels != outChannels) skip = new Conv2d(w.Sub("skip_connection"), inChannels, outChannels, 1);
        if (config.TemporalConv) temporal = new TemporalConvolution(w.Sub("temopral_conv"), outChannels, dropout);
    }

    /// <param name="x">(B T, C, h, w).</param>
    /// <param name="activatedEmbedding">SiLU of the embedding, (B T, embedWidth).</param>
    /// <param name="training">Whether dropout acts.</param>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, long frames, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = norm1.Activated(x);
        h = Scratch.Replace(h, conv1.Forward(h));
        h = Scratch.Replace(h, h + embed.Forward(activatedEmbedding).unsqueeze(-1).unsqueeze(-1));
        h = Scratch.Replace(h, norm2.Activated(h));
        if (training) h = F.dropout(h, dropout, training);
        h = Scratch.Replace(h, conv2.Forward(h));
        h = Scratch.Replace(h, (skip is null ? x : skip.Forward(x)) + h);
        return (temporal is null ? h : temporal.Forward(h, frames, training)).MoveToOuterDisposeScope();
    }
}
