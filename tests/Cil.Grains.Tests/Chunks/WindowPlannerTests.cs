using Cil.Grains.Chunks;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Tests.Chunks;

public sealed class WindowPlannerTests
{
    public static TheoryData<int, int, WindowMode, int> Videos
    {
        get
        {
            var videos = new TheoryData<int, int, WindowMode, int>();
            foreach (int atOnce in (int[])[2, 3, 6, 14, 16])
            {
                foreach (int frames in new[] { atOnce + 1, (2 * atOnce) - 1, 2 * atOnce, 40, 128, 1024 }.Distinct())
                {
                    videos.Add(frames, atOnce, WindowMode.Continue, 1);
                    foreach (int overlap in new[] { 1, atOnce / 4, atOnce / 2, atOnce - 1 }.Where(overlap => overlap > 0).Distinct())
                        videos.Add(frames, atOnce, WindowMode.Overlap, overlap);
                }
            }

            return videos;
        }
    }

    [Theory]
    [MemberData(nameof(Videos))]
    public void Windows_OfALongVideo_ShowEachFrameOnceAndInOrder(int frames, int atOnce, WindowMode joining, int overlap)
    {
        IReadOnlyList<FrameWindow> windows = WindowPlanner.Windows(frames, atOnce, joining, overlap);

        Assert.Equal(Enumerable.Range(0, frames), Enumerable.Range(0, windows.Count)
            .Select(window => WindowPlanner.Shown(windows, window, joining))
            .SelectMany(shown => Enumerable.Range(shown.First, shown.Count)));
        Assert.All(windows.Index(), entry =>
        {
            FrameWindow shown = WindowPlanner.Shown(windows, entry.Index, joining);
            Assert.True(
                shown.First >= entry.Item.First && shown.First + shown.Count <= entry.Item.First + entry.Item.Count,
                $"{shown} is not in {entry.Item}");
        });
    }

    [Theory]
    [MemberData(nameof(Videos))]
    public void Windows_OfALongVideo_ShareTheFramesThatWereAskedFor(int frames, int atOnce, WindowMode joining, int overlap)
    {
        IReadOnlyList<FrameWindow> windows = WindowPlanner.Windows(frames, atOnce, joining, overlap);
        int[] shared = [.. windows.Zip(windows.Skip(1), (one, next) => one.First + one.Count - next.First)];

        Assert.All(windows, window => Assert.InRange(window.Count, joining == WindowMode.Overlap ? atOnce : 2, atOnce));
        Assert.All(
            windows.Zip(windows.Skip(1)), pair => Assert.True(pair.First.First < pair.Second.First, $"{pair.First}, then {pair.Second}"));
        if (joining == WindowMode.Continue) Assert.All(shared, count => Assert.Equal(1, count));
        else Assert.All(shared, count => Assert.InRange(count, overlap, atOnce - 1));
    }

    [Theory]
    [InlineData(WindowMode.Continue)]
    [InlineData(WindowMode.Overlap)]
    public void Windows_OfAVideoThatIsMadeAtOnce_AreOne(WindowMode joining)
    {
        Assert.Equal([new FrameWindow(0, 6)], WindowPlanner.Windows(6, 6, joining, 1));
        Assert.Equal([new FrameWindow(0, 2)], WindowPlanner.Windows(2, 6, joining, 1));
    }

    [Fact]
    public void Windows_OfAHundredAndTwentyEightFrames_AreTheseMany()
    {
        Assert.Equal(9, WindowPlanner.Windows(128, 16, WindowMode.Continue, 1).Count);
        Assert.Equal(11, WindowPlanner.Windows(128, 16, WindowMode.Overlap, WindowPlanner.DefaultOverlap(16, WindowMode.Overlap)).Count);
    }
}
