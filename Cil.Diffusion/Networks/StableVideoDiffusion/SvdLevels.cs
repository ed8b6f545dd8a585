using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;

namespace Cil.Diffusion.Networks.StableVideoDiffusion;

/// <summary>Lays out the U-Net's levels with diffusers' numbering, which is what checkpoints name.</summary>
internal sealed class SvdLevels(SvdUNetConfig config, long embed)
{
    // diffusers gives another epsilon to levels with transformers and to the way up than to the rest.
    private const double Coarse = 1e-5, Fine = 1e-6;

    internal (SvdLevel[] Down, SvdLevel Middle, SvdLevel[] Up) Build(WeightScope w)
    {
        int levels = config.BlockOutChannels.Count;
        var skips = new Stack<long>();
        long channels = config.BlockOutChannels[0];
        skips.Push(channels);
        var down = new SvdLevel[levels];
        for (int level = 0; level < levels; level++)
        {
            long next = config.BlockOutChannels[level], from = channels;
            bool last = level == levels - 1, attends = config.Attention[level];
            WeightScope scope = w.Sub("down_blocks").Sub(level);
            down[level] = new SvdLevel
            {
                Resnets = [.. Enumerable.Range(0, config.LayersPerBlock)
                    .Select(i => Resnet(scope, i, i == 0 ? from : next, next, attends ? Fine : Coarse))],
                Transformers = attends ? [.. Enumerable.Range(0, config.LayersPerBlock).Select(i => Transformer(scope, i, level))] : [],
                Downsample = last ? null : new Conv2d(scope.Sub("downsamplers.0.conv"), next, next, 3, stride: 2, padding: 1),
            };
            for (int i = 0; i < config.LayersPerBlock + (last ? 0 : 1); i++) skips.Push(next);
            channels = next;
        }

        WeightScope mid = w.Sub("mid_block");
        var middle = new SvdLevel
        {
            Resnets = [Resnet(mid, 0, channels, channels, Coarse), Resnet(mid, 1, channels, channels, Coarse)],
            Transformers = [Transformer(mid, 0, levels - 1)],
        };

        var up = new SvdLevel[levels];
        for (int place = 0; place < levels; place++)
        {
            int level = levels - 1 - place;
            long next = config.BlockOutChannels[level], from = channels;
            WeightScope scope = w.Sub("up_blocks").Sub(place);
            up[place] = new SvdLevel
            {
                Resnets = [.. Enumerable.Range(0, config.LayersPerBlock + 1)
                    .Select(i => Resnet(scope, i, (i == 0 ? from : next) + skips.Pop(), next, Fine))],
                Transformers = config.Attention[level]
                    ? [.. Enumerable.Range(0, config.LayersPerBlock + 1).Select(i => Transformer(scope, i, level))]
                    : [],
                Upsample = level == 0 ? null : new Conv2d(scope.Sub("upsamplers.0.conv"), next, next, 3, padding: 1),
            };
            channels = next;
        }

        return (down, middle, up);
    }

    private SpatioTemporalResnet Resnet(WeightScope w, int i, long from, long to, double eps) =>
        new(w.Sub("resnets").Sub(i), from, to, embed, eps, eps, switched: false);

    private SpatioTemporalTransformer Transformer(WeightScope w, int i, int level) =>
        new(w.Sub("attentions").Sub(i), config.BlockOutChannels[level], config.AttentionHeads[level], config);
}
