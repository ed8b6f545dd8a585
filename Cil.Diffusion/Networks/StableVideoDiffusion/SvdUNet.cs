using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>
/// Stable Video Diffusion's U-Net (diffusers, unet_spatio_temporal_condition.py, UNetSpatioTemporalConditionModel), with
/// diffusers' names.
/// </summary>
public sealed class SvdUNet
{
    private readonly Linear time1, time2, added1, added2;
    private readonly Conv2d convIn, convOut;
    private readonly SvdLevel[] down, up;
    private readonly SvdLevel middle;
    private readonly GroupNorm normOut;

    public SvdUNet(SvdUNetConfig config, WeightScope w)
    {
        Config = config;
        long first = config.BlockOutChannels[0], embed = first * 4;
        convIn = new Conv2d(w.Sub("conv_in"), config.InChannels, first, 3, padding: 1);
        time1 = new Linear(w.Sub("time_embedding.linear_1"), first, embed);
        time2 = new Linear(w.Sub("time_embedding.linear_2"), embed, embed);
        added1 = new Linear(w.Sub("add_embedding.linear_1"), config.AdditionTimeEmbedDim * SvdUNetConfig.MicroConditions, embed);
        added2 = new Linear(w.Sub("add_embedding.linear_2"), embed, embed);
        (down, middle, up) = new SvdLevels(config, embed).Build(w);
        normOut = new GroupNorm(w.Sub("conv_norm_out"), first, 1e-5);
        convOut = new Conv2d(w.Sub("conv_out"), first, config.OutChannels, 3, padding: 1);
    }

    public SvdUNetConfig Config { get; }

    /// <param name="sample">
    /// (B, T, in, h, w): scaled noisy latents and the image's latents behind them; h and w multiples of
    /// <see cref="SvdUNetConfig.LatentMultiple"/>.
    /// </param>
    /// <param name="noise">c_noise = 0.25 ln sigma, (B) or (1).</param>
    /// <param name="token">The image's embedding, (B, 1, C).</param>
    /// <param name="conditions">Frames a second, motion bucket, noise augmentation: (B, 3).</param>
    /// <param name="deep">Keeps what the deep levels give, or has it from an earlier step; null makes all anew and keeps nothing.</param>
    /// <returns>(B, T, out, h, w).</returns>
    public Tensor Forward(
        Tensor sample, Tensor noise, Tensor token, Tensor conditions, TimeContextOrder order = TimeContextOrder.Sample,
        DeepFeature? deep = null)
    {
        if (token.size(1) != 1) throw new ArgumentException($"the image must be one token, got {token.size(1)}", nameof(token));
        using DisposeScope scope = NewDisposeScope();
        long batch = sample.size(0), frames = sample.size(1);
        ScalarType type = sample.dtype;
        Tensor embedding = time2.Forward(F.silu(time1.Forward(TimestepEmbedding.Of(noise, Config.BlockOutChannels[0]).to(type))))
            + added2.Forward(
                F.silu(added1.Forward(TimestepEmbedding.Of(conditions.flatten(), Config.AdditionTimeEmbedDim).view(batch, -1).to(type))));
        embedding = F.silu(embedding); // (B, embed)
        var context = new TimeContext(token.squeeze(1), order);
        Tensor x = convIn.Forward(ChannelsLast.Enter(sample.flatten(0, 1)));
        var skips = new Stack<Tensor>();
        skips.Push(x);
        SvdLevel last = up[^1];
        int shallow = last.Resnets.Length - DeepFeatures.ShallowSkips;
        if (deep is { IsReused: true })
        {
            _ = down[0].Down(x, embedding, context, frames, skips, DeepFeatures.ShallowSkips - 1);
            x = deep.Kept.alias();
        }
        else
        {
            foreach (SvdLevel level in down) x = level.Down(x, embedding, context, frames, skips);
            x = middle.Middle(x, embedding, context, frames);
            foreach (SvdLevel level in up[..^1]) x = level.Up(x, embedding, context, frames, skips);
            x = last.Up(x, embedding, context, frames, skips, ..shallow);
            deep?.Keep(x);
        }

        x = last.Up(x, embedding, context, frames, skips, shallow..);
        x = convOut.Forward(normOut.Activated(x));
        return x.view(batch, frames, x.size(1), x.size(2), x.size(3)).MoveToOuterDisposeScope();
    }
}
