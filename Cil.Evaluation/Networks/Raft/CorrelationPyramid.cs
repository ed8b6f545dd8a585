using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>
/// How alike every feature of one frame is to every feature of the next, at four scales of the next frame (core/corr.py, CorrBlock).
/// </summary>
internal sealed class CorrelationPyramid
{
    /// <summary>Values that are looked up for each pixel.</summary>
    internal const long Channels = Levels * Side * Side;

    private const int Levels = 4;
    private const long Radius = 4, Side = (2 * Radius) + 1;

    private readonly Tensor[] levels = new Tensor[Levels];
    private readonly Tensor window;
    private readonly long height, width;

    /// <summary>The tensors belong to the scope that is open.</summary>
    /// <param name="first">(1, C, h, w).</param>
    /// <param name="second">(1, C, h, w).</param>
    internal CorrelationPyramid(Tensor first, Tensor second)
    {
        using DisposeScope scope = NewDisposeScope();
        (long channels, height, width) = (first.size(1), first.size(2), first.size(3));
        Tensor all = first.view(channels, -1).t().mm(second.view(channels, -1)) / Math.Sqrt(channels); // (h w, h w)
        levels[0] = all.view(height * width, 1, height, width);
        for (int i = 1; i < Levels; i++) levels[i] = F.avg_pool2d(levels[i - 1], 2); // (h w, 1, h / 2^i, w / 2^i)

        // The original adds the offset that grows along the rows to x, and the one that grows along the columns to y.
        Tensor steps = arange(-Radius, Radius + 1, float32, first.device);
        window = stack([steps.view(-1, 1).expand(Side, Side), steps.view(1, -1).expand(Side, Side)], -1); // (9, 9, 2), x before y
        foreach (Tensor level in levels) level.MoveToOuterDisposeScope();
        window.MoveToOuterDisposeScope();
    }

    /// <summary>The correlations in a window around a place of the next frame, for each pixel of the first.</summary>
    /// <param name="places">(1, 2, h, w): x and y in pixels of the features.</param>
    /// <returns>(1, 324, h, w).</returns>
    internal Tensor Lookup(Tensor places)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor centres = places.permute(0, 2, 3, 1).reshape(height * width, 1, 1, 2);
        Tensor[] found = new Tensor[Levels];
        for (int i = 0; i < Levels; i++)
        {
            Tensor at = (centres / (1 << i)) + window; // (h w, 9, 9, 2)
            // Pixels to [-1, 1], as core/utils/utils.py, bilinear_sampler.
            Tensor sides = tensor([levels[i].size(3) - 1f, levels[i].size(2) - 1f], device: places.device);
            found[i] = F.grid_sample(levels[i], (2 * at / sides) - 1, align_corners: true).view(1, height, width, -1);
        }

        return cat(found, -1).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
