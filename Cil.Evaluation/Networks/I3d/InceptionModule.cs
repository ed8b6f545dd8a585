using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Networks.I3d;

/// <summary>Four branches side by side (pytorch_i3d.py, InceptionModule).</summary>
/// <param name="widths">Channels of the units b0, b1a, b1b, b2a, b2b and b3b.</param>
internal sealed class InceptionModule(WeightScope w, long from, long[] widths)
{
    private static readonly long[] Window = [3, 3, 3], Step = [1, 1, 1];

    private readonly Unit3d b0 = new(w.Sub("b0"), from, widths[0], 1);
    private readonly Unit3d b1a = new(w.Sub("b1a"), from, widths[1], 1), b1b = new(w.Sub("b1b"), widths[1], widths[2], 3);
    private readonly Unit3d b2a = new(w.Sub("b2a"), from, widths[3], 1), b2b = new(w.Sub("b2b"), widths[3], widths[4], 3);
    private readonly Unit3d b3b = new(w.Sub("b3b"), from, widths[5], 1);

    /// <summary>Channels of the result.</summary>
    internal long Width { get; } = widths[0] + widths[2] + widths[4] + widths[5];

    /// <param name="x">(N, from, T, H, W).</param>
    /// <returns>(N, Width, T, H, W).</returns>
    internal Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return cat(
            [
                b0.Forward(x), b1b.Forward(b1a.Forward(x)), b2b.Forward(b2a.Forward(x)),
                b3b.Forward(InceptionI3d.MaxPool(x, Window, Step)),
            ],
            1).MoveToOuterDisposeScope();
    }
}
