using Cil.Interfaces.Chunks;

namespace Cil.Grains.Chunks;

/// <summary>Lays windows over a video that has more frames than its model makes at once. Pure.</summary>
public static class WindowPlanner
{
    // A quarter: enough for two windows to agree on where things are, and a third more work at most.
    private const int OverlapShare = 4;

    /// <summary>Frames that neighbouring windows share where the request does not say.</summary>
    public static int DefaultOverlap(int atOnce, WindowJoining joining) => joining == WindowJoining.Continue ? 1 : Math.Max(1, atOnce / OverlapShare);

    /// <param name="frames">Frames of the video; 1 or more.</param>
    /// <param name="atOnce">Frames that the model makes at once; 2 or more where the video has more than that.</param>
    /// <param name="overlap">Frames that neighbours share at least, 1 to <paramref name="atOnce"/> - 1.</param>
    /// <returns>
    /// Windows in the order of their frames. Those that continue share one frame, and the last one may be shorter; those
    /// that overlap are all whole, and their overlaps are spread so that they differ by a frame at most.
    /// </returns>
    public static IReadOnlyList<FrameWindow> Windows(int frames, int atOnce, WindowJoining joining, int overlap)
    {
        if (frames <= atOnce) return [new FrameWindow(0, frames)];
        int stride = joining == WindowJoining.Continue ? atOnce - 1 : atOnce - overlap;
        int gaps = Parts(frames - atOnce, stride), rest = frames - atOnce;
        return joining == WindowJoining.Continue
            ? [.. Enumerable.Range(0, gaps + 1).Select(window => new FrameWindow(window * stride, Math.Min(atOnce, frames - (window * stride))))]
            : [.. Enumerable.Range(0, gaps + 1).Select(window => new FrameWindow(((2 * window * rest) + gaps) / (2 * gaps), atOnce))];
    }

    /// <summary>A window's frames as its chunks call them; a plan from before there were windows has one.</summary>
    public static FrameWindow Of(RenderPlan plan, int window) => plan.Windows.Count == 0 ? new FrameWindow(0, plan.Frames) : plan.Windows[window];

    /// <summary>
    /// The frames of the video that a window shows: all frames are in one window's part each. A frame that windows share
    /// is the earlier one's where they continue, since it is the later one's picture, and the later one's where they overlap.
    /// </summary>
    internal static FrameWindow Shown(IReadOnlyList<FrameWindow> windows, int window, WindowJoining joining)
    {
        FrameWindow own = windows[window];
        int end = own.First + own.Count;
        if (joining == WindowJoining.Continue) return window == 0 ? own : new FrameWindow(own.First + 1, own.Count - 1);
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

    internal static int Parts(int whole, int part) => ((whole - 1) / part) + 1;
}
