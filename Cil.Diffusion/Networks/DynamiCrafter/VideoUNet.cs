using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>The 3-D U-Net of DynamiCrafter (Doubiiu/DynamiCrafter, lvdm/modules/networks/openaimodel3d.py, UNetModel).</summary>
public sealed class VideoUNet
{
    private const long InitialHeads = 8;

    private readonly Linear time0, time2;
    private readonly Linear? fps0, fps2;
    private readonly Conv2d first, last;
    private readonly TemporalTransformer? initialAttention;
    private readonly Stage[] inputs, outputs;
    private readonly Stage middle;
    private readonly GroupNorm outNorm;

    public VideoUNet(UNetConfig config, WeightScope w)
    {
        Config = config;
        long channels = config.ModelChannels, embed = channels * 4;
        time0 = new Linear(w.Sub("time_embed.0"), channels, embed);
        time2 = new Linear(w.Sub("time_embed.2"), embed, embed);
        if (config.FsCondition)
        {
            fps0 = new Linear(w.Sub("fps_embedding.0"), channels, embed);
            fps2 = new Linear(w.Sub("fps_embedding.2"), embed, embed, zero: true);
        }

        first = new Conv2d(w.Sub("input_blocks.0.0"), config.InChannels, channels, 3, padding: 1);
        if (config.AdditionAttention)
        {
            initialAttention = new TemporalTransformer(
                w.Sub("init_attn.0"), channels, InitialHeads, config.NumHeadChannels, config.TransformerDepth, linear: false);
        }

        var builder = new StageBuilder(config, embed);
        (inputs, middle, outputs) = builder.Build(w);
        outNorm = new GroupNorm(w.Sub("out.0"), channels, 1e-5);
        last = new Conv2d(w.Sub("out.2"), channels, config.OutChannels, 3, padding: 1, zero: true);
    }

    public UNetConfig Config { get; }

    /// <param name="x">(B, in channels, T, h, w): noisy latents, then the conditional latents.</param>
    /// <param name="timesteps">(B), int64.</param>
    /// <param name="context">
    /// (B, 77 + 16 T, context width): text, then 16 image tokens for each frame; or (B, n, width) for all frames.
    /// </param>
    /// <param name="fps">(B), int64: frames a second or frame stride; null for the configured default.</param>
    /// <param name="deep">Keeps what the deep levels give, or has it from an earlier step; null makes all anew and keeps nothing.</param>
    /// <returns>(B, out channels, T, h, w).</returns>
    public Tensor Forward(
        Tensor x, Tensor timesteps, Tensor context, Tensor? fps = null, bool training = false, DeepFeature? deep = null)
    {
        using DisposeScope scope = NewDisposeScope();
        long b = x.size(0), frames = x.size(2), height = x.size(3), width = x.size(4);
        Tensor embedding = time2.Forward(F.silu(time0.Forward(TimestepEmbedding.Of(timesteps, Config.ModelChannels).to(x.dtype))));
        if (fps0 is not null && fps2 is not null)
        {
            Tensor rate = fps ?? full(b, Config.DefaultFs, int64, x.device);
            embedding = embedding + fps2.Forward(F.silu(fps0.Forward(TimestepEmbedding.Of(rate, Config.ModelChannels).to(x.dtype))));
        }

        Tensor activated = F.silu(embedding).repeat_interleave(frames, 0); // (B T, embed), frames of sample 0 first
        FrameContext tokens = FrameContext.Of(context, frames);
        Tensor pictures = x.transpose(1, 2).reshape(b * frames, x.size(1), height, width);
        Tensor h = first.Forward(ChannelsLast.Enter(pictures)); // (B T, C, h, w)
        if (initialAttention is not null) h = initialAttention.Forward(h, frames);

        var skips = new Stack<Tensor>();
        skips.Push(h);
        bool isReused = deep is { IsReused: true };
        foreach (Stage stage in isReused ? inputs[..(DeepFeatures.ShallowSkips - 1)] : inputs)
        {
            h = stage.Forward(h, activated, tokens, frames, training);
            skips.Push(h);
        }

        h = isReused ? deep!.Kept : middle.Forward(h, activated, tokens, frames, training);
        int shallow = outputs.Length - DeepFeatures.ShallowSkips;
        for (int i = isReused ? shallow : 0; i < outputs.Length; i++)
        {
            if (i == shallow && !isReused) deep?.Keep(h);
            h = outputs[i].Forward(cat([h, skips.Pop()], 1), activated, tokens, frames, training);
        }

        h = last.Forward(outNorm.Activated(h));
        return h.view(b, frames, Config.OutChannels, height, width).transpose(1, 2).MoveToOuterDisposeScope(); // (B, C, T, h, w)
    }
}
