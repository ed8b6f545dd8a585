using Cil.Diffusion.AnalyticInit;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>
/// What overlapping windows predict, joined (MultiDiffusion, Bar-Tal et al. 2023, along time): in a frame that several windows
/// share, the mean of their predictions, weighted by ramps that fall linearly towards a window's ends. Weights depend on the
/// frame alone and sums run in the order of the windows, so that every window computes the same bits for a shared frame.
/// </summary>
public sealed class WindowBlend
{
    private readonly IReadOnlyList<FrameRange> windows;
    private readonly FrameRange window;
    private readonly int index;

    /// <param name="windows">All windows of the video, each beginning after the one before; the first frames ascend.</param>
    /// <param name="index">The window whose frames are wanted.</param>
    public WindowBlend(IReadOnlyList<FrameRange> windows, int index)
    {
        (this.windows, this.index, window) = (windows, index, windows[index]);
        Neighbours = [.. Enumerable.Range(0, windows.Count).Where(other => windows[other].Shares(window))];
    }

    /// <summary>The windows that share frames with this one, itself among them, in order.</summary>
    public IReadOnlyList<int> Neighbours { get; }

    /// <summary>
    /// The part that a window has in each of the frames that it shares with this one; 0 to 1, and 1 in all for each frame.
    /// </summary>
    public float[] Weights(int neighbour)
    {
        (int first, int end) = Shared(neighbour);
        return [.. Enumerable.Range(first, end - first).Select(frame =>
            (float)(Ramp(neighbour, frame) / Neighbours.Where(other => Holds(other, frame)).Sum(other => Ramp(other, frame))))];
    }

    /// <param name="predictions">Of the neighbours, in their order: each (1, C, T, h, w) of its window's frames, float32.</param>
    /// <returns>(1, C, T, h, w) of this window's frames.</returns>
    public Tensor Blend(IReadOnlyList<Tensor> predictions)
    {
        if (predictions.Count != Neighbours.Count)
        {
            throw new ArgumentException(
                $"predictions: expected those of {Neighbours.Count} windows, got {predictions.Count}", nameof(predictions));
        }

        if (predictions.Count == 1) return predictions[0].alias();
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = predictions[index - Neighbours[0]].zeros_like();
        foreach ((int neighbour, Tensor prediction) in Neighbours.Zip(predictions))
        {
            (int first, int end) = Shared(neighbour);
            Tensor weights = tensor(Weights(neighbour), [1, 1, end - first, 1, 1]).to(prediction.device);
            Tensor part = prediction.narrow(2, first - windows[neighbour].First, end - first) * weights;
            _ = sum.narrow(2, first - window.First, end - first).add_(part);
        }

        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>The same blend of what a data set's clips look like in the mean, each window being one of its clips.</summary>
    public LatentStatistics Blend(LatentStatistics statistics)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor clip = tensor(statistics.Expectation, [1, .. statistics.Shape]);
        Tensor blended = Blend([.. Neighbours.Select(_ => clip)]).contiguous();
        return new LatentStatistics(blended.data<float>().ToArray(), statistics.Shape, statistics.Variance, statistics.Clips);
    }

    private (int First, int End) Shared(int neighbour) =>
        (Math.Max(windows[neighbour].First, window.First), Math.Min(windows[neighbour].End, window.End));

    private bool Holds(int index, int frame) => frame >= windows[index].First && frame < windows[index].End;

    // 1 in the middle; o shared frames go from 1 / (o + 1) to o / (o + 1), so that two neighbours' ramps add up to 1.
    private double Ramp(int index, int frame)
    {
        FrameRange own = windows[index];
        double weight = 1;
        if (index > 0 && windows[index - 1].End - own.First is > 0 and var before)
            weight = Math.Min(weight, (frame - own.First + 1.0) / (before + 1));
        if (index < windows.Count - 1 && own.End - windows[index + 1].First is > 0 and var after)
            weight = Math.Min(weight, (double)(own.End - frame) / (after + 1));
        return weight;
    }
}
