using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>Lays out the U-Net's lists with the original's numbering, which is what checkpoints name.</summary>
internal sealed class StageBuilder(UNetConfig config, long embed)
{
    internal (Stage[] Inputs, Stage Middle, Stage[] Outputs) Build(WeightScope w)
    {
        var inputs = new List<Stage>();
        var skips = new Stack<long>();
        long channels = config.ModelChannels, downsampled = 1;
        int index = 1;
        skips.Push(channels);
        for (int level = 0; level < config.ChannelMult.Count; level++)
        {
            for (int block = 0; block < config.NumResBlocks; block++)
            {
                long next = config.ModelChannels * config.ChannelMult[level];
                inputs.Add(Block(w.Sub("input_blocks").Sub(index++), channels, next, downsampled));
                skips.Push(channels = next);
            }

            if (level == config.ChannelMult.Count - 1) continue;
            inputs.Add(new Stage
            {
                Downsample = new Conv2d(w.Sub("input_blocks").Sub(index++).Sub("0.op"), channels, channels, 3, stride: 2, padding: 1),
            });
            skips.Push(channels);
            downsampled *= 2;
        }

        Stage middle = Middle(w.Sub("middle_block"), channels);
        var outputs = new List<Stage>();
        index = 0;
        for (int level = config.ChannelMult.Count - 1; level >= 0; level--)
        {
            for (int block = 0; block <= config.NumResBlocks; block++)
            {
                long next = config.ModelChannels * config.ChannelMult[level];
                bool up = level > 0 && block == config.NumResBlocks;
                outputs.Add(Block(w.Sub("output_blocks").Sub(index++), channels + skips.Pop(), next, downsampled, up));
                channels = next;
                if (up) downsampled /= 2;
            }
        }

        return ([.. inputs], middle, [.. outputs]);
    }

    private Stage Block(WeightScope w, long from, long to, long downsampled, bool up = false)
    {
        int place = 1;
        bool attends = config.AttentionResolutions.Contains(downsampled);
        return new Stage
        {
            Residual = new ResidualBlock(w.Sub(0), from, to, embed, config),
            Spatial = attends ? Spatial(w.Sub(place++), to) : null,
            Temporal = attends && config.TemporalAttention ? Temporal(w.Sub(place++), to) : null,
            Upsample = up ? new Conv2d(w.Sub(place).Sub("conv"), to, to, 3, padding: 1) : null,
        };
    }

    private Stage Middle(WeightScope w, long channels)
    {
        int place = 1;
        return new Stage
        {
            Residual = new ResidualBlock(w.Sub(0), channels, channels, embed, config),
            Spatial = Spatial(w.Sub(place++), channels),
            Temporal = config.TemporalAttention ? Temporal(w.Sub(place++), channels) : null,
            SecondResidual = new ResidualBlock(w.Sub(place), channels, channels, embed, config),
        };
    }

    private SpatialTransformer Spatial(WeightScope w, long channels) =>
        new(w, channels, channels / config.NumHeadChannels, config.NumHeadChannels, config.TransformerDepth, config);

    private TemporalTransformer Temporal(WeightScope w, long channels) =>
        new(w, channels, channels / config.NumHeadChannels, config.NumHeadChannels, config.TransformerDepth, config.UseLinear);
}
