using Cil.Diffusion.Layers;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Networks.DynamiCrafter;

/// <summary>One entry of the U-Net's input, middle or output list: what runs between two skip connections.</summary>
internal sealed class Stage
{
    private static readonly double[] Twice = [2, 2];

    internal ResidualBlock? Residual { get; init; }

    internal SpatialTransformer? Spatial { get; init; }

    internal TemporalTransformer? Temporal { get; init; }

    /// <summary>Only in the middle.</summary>
    internal ResidualBlock? SecondResidual { get; init; }

    internal Conv2d? Downsample { get; init; }

    internal Conv2d? Upsample { get; init; }

    /// <param name="x">(B T, C, h, w).</param>
    internal Tensor Forward(Tensor x, Tensor embedding, FrameContext context, long frames, bool training)
    {
        if (Downsample is not null) return Downsample.Forward(x);
        if (Residual is not null) x = Residual.Forward(x, embedding, frames, training);
        if (Spatial is not null) x = Spatial.Forward(x, context);
        if (Temporal is not null) x = Temporal.Forward(x, frames);
        if (SecondResidual is not null) x = SecondResidual.Forward(x, embedding, frames, training);
        return Upsample is null ? x : Upsample.Forward(F.interpolate(x, scale_factor: Twice));
    }
}
