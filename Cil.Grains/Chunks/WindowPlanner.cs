using Cil.Grains.Models;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Chunks;

/// <summary>Lays windows over a video that has more frames than its model makes at once. Pure.</summary>
public static class WindowPlanner
{
    // A quarter: enough for neighbouring windows to agree on the scene, at a third more work at most.
    private const int OverlapShare = 4;

    /// <summary>Frames that neighbouring windows share where the request does not say.</summary>
    public static int DefaultOverlap(int atOnce, WindowMode mode) =>
        mode == WindowMode.Continue ? 1 : Math.Max(1, atOnce / OverlapShare);

    /// <param name="frames">Frames of the video; 1 or more.</param>
    /// <param name="atOnce">Frames that the model makes at once; 2 or more where the video has more than that.</param>
    /// <param name="overlap">Frames that neighbours share at least, 1 to <paramref name="atOnce"/> - 1.</param>
    /// <returns>
    /// Windows in the order of their frames. Those that continue share one frame, and the last one may be shorter; those
    /// that overlap are all whole, and their overlaps are spread so that they differ by a frame at most.
    /// </returns>
    public static IReadOnlyList<FrameWindow> Windows(int frames, int atOnce, WindowMode mode, int overlap)
    {
        if (frames <= atOnce) return [new FrameWindow(0, frames)];
        int stride = mode == WindowMode.Continue ? atOnce - 1 : atOnce - overlap;
        int gaps = Parts(frames - atOnce, stride), rest = frames - atOnce;
        return mode == WindowMode.Continue
            ? [.. Enumerable.Range(0, gaps + 1)
                .Select(window => new FrameWindow(window * stride, Math.Min(atOnce, frames - (window * stride))))]
            : [.. Enumerable.Range(0, gaps + 1).Select(window => new FrameWindow(((2 * window * rest) + gaps) / (2 * gaps), atOnce))];
    }

    /// <summary>The windows of a request's video.</summary>
    internal static IReadOnlyList<FrameWindow> Windows(RenderRequest request, ModelDescription model) => Windows(
        request.Frames ?? model.Frames, model.Frames, request.Joining, request.Overlap ?? DefaultOverlap(model.Frames, request.Joining));

    /// <summary>Whether the windows of a video overlap and are denoised together.</summary>
    public static bool Overlaps(RenderPlan plan) => Overlaps(plan.Windows, plan.Joining);

    /// <summary>
    /// The window whose conditioning image and noise a window has: its own where windows continue each other; windows that
    /// overlap all have the first one's.
    /// </summary>
    public static int ConditioningWindow(RenderPlan plan, int window) => plan.Joining == WindowMode.Continue ? window : 0;

    /// <summary>A window's frames as its chunks call them; a plan from before there were windows has one.</summary>
    public static FrameWindow Of(RenderPlan plan, int window) =>
        plan.Windows.Count == 0 ? new FrameWindow(0, plan.Frames) : plan.Windows[window];

    /// <summary>
    /// The frames of the video that a window contributes: each frame comes from one window. A frame that two windows share
    /// comes from the earlier one where they continue, since the later one is conditioned on it, and from the later one
    /// where they overlap.
    /// </summary>
    internal static FrameWindow Shown(IReadOnlyList<FrameWindow> windows, int window, WindowMode mode)
    {
        FrameWindow own = windows[window];
        int end = own.First + own.Count;
        if (mode == WindowMode.Continue) return window == 0 ? own : new FrameWindow(own.First + 1, own.Count - 1);
        return window == windows.Count - 1 ? own : new FrameWindow(own.First, Math.Min(end, windows[window + 1].First) - own.First);
    }

    /// <summary>The windows that share frames with one, itself among them.</summary>
    internal static Range Neighbours(IReadOnlyList<FrameWindow> windows, int window)
    {
        int first = window, last = window;
        while (first > 0 && windows[first - 1].First + windows[first - 1].Count > windows[window].First) first--;
        while (last < windows.Count - 1 && windows[last + 1].First < windows[window].First + windows[window].Count) last++;
        return first..(last + 1);
    }

    internal static bool Overlaps(IReadOnlyList<FrameWindow> windows, WindowMode mode) => windows.Count > 1 && mode == WindowMode.Overlap;

    internal static int Parts(int whole, int part) => ((whole - 1) / part) + 1;
}
