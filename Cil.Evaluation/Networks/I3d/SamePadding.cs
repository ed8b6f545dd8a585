using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.I3d;

/// <summary>Zeros around a video so that a stride s makes ⌈n / s⌉ of n, the smaller half in front: TensorFlow's padding "SAME".</summary>
internal static class SamePadding
{
    /// <param name="x">(N, C, T, H, W).</param>
    /// <param name="kernel">Over time, height and width.</param>
    /// <param name="stride">Over time, height and width.</param>
    internal static Tensor Pad(Tensor x, long[] kernel, long[] stride)
    {
        long[] sides = new long[6];
        for (int axis = 0; axis < 3; axis++)
        {
            long size = x.size(2 + axis), rest = size % stride[axis];
            long all = Math.Max(kernel[axis] - (rest == 0 ? stride[axis] : rest), 0);
            // The last axis comes first.
            (sides[2 * (2 - axis)], sides[(2 * (2 - axis)) + 1]) = (all / 2, all - (all / 2));
        }

        return F.pad(x, sides);
    }
}
