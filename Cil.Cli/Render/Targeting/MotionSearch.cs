namespace Cil.Cli.Render.Targeting;

/// <summary>
/// Which whole value of a control to try next, given the motion that was measured at the values before. The first is the model's own
/// value, then come the two ends, that of the expected direction first, until two tries lie on both sides of the target; the gap
/// between them is narrowed by false position, and halved where that narrows it little. Nothing is assumed of the response. No value
/// comes twice.
/// </summary>
internal sealed class MotionSearch
{
    private const double LeastRatio = 0.01;

    private readonly MotionTarget target;
    private readonly ControlRange range;
    private readonly SortedDictionary<int, double> measured = [];

    // Whether the last try left more than half of the gap, so that the next one halves it.
    private bool isSlow;

    internal MotionSearch(MotionTarget target, ControlRange range) => (this.target, this.range) = (target, range);

    /// <summary>The try that is nearest to the target, the first of several; none before the first.</summary>
    internal (int Value, double Motion) Best { get; private set; }

    internal bool IsMet => measured.Count > 0 && target.IsMetBy(Best.Motion);

    /// <summary>The smallest and the largest motion of all tries.</summary>
    internal (double Least, double Most) Reach => (measured.Values.Min(), measured.Values.Max());

    /// <summary>Whether the control changed the motion by less than the target's tolerance.</summary>
    internal bool IsFlat => Reach is var (least, most) && most - least < target.Tolerance * target.Motion;

    /// <returns>
    /// Null where the search is over: the target is met, the tries are used up, the ends show that the control changes little, or no
    /// value is left between two tries that the target lies between.
    /// </returns>
    internal int? Next()
    {
        if (measured.Count == 0) return range.Own;
        if (IsMet || measured.Count >= target.Tries) return null;
        if (Gap is { } around)
        {
            return Width(around) == 1 ? null
                : isSlow ? around.Left + (Width(around) / 2)
                : FalsePosition(around);
        }

        int[] ends = Best.Motion < target.Motion == range.HigherIsMore ? [range.Most, range.Least] : [range.Least, range.Most];
        foreach (int end in ends)
            if (!measured.ContainsKey(end)) return end;
        if (IsFlat) return null;
        // The target is beyond both ends, or only met between two tries: what is beside the best is looked at.
        return Gaps.Where(gap => (gap.Left == Best.Value || gap.Right == Best.Value) && gap.Right - gap.Left > 1)
            .Select(gap => (Width: gap.Right - gap.Left, Middle: (int?)(gap.Left + ((gap.Right - gap.Left) / 2))))
            .OrderByDescending(gap => gap.Width).FirstOrDefault().Middle;
    }

    /// <param name="value">What <see cref="Next"/> gave.</param>
    /// <param name="motion">The mean optical flow of its video, pixels a frame.</param>
    internal void Add(int value, double motion)
    {
        if (measured.Count == 0 || Math.Abs(motion - target.Motion) < Math.Abs(Best.Motion - target.Motion)) Best = (value, motion);
        int width = Width(Gap);
        measured.Add(value, motion);
        isSlow = width < int.MaxValue && Width(Gap) > width / 2;
    }

    private IEnumerable<(int Left, int Right)> Gaps => measured.Keys.Zip(measured.Keys.Skip(1));

    // The narrowest that the target lies in; null where no two tries are on both sides of it.
    private (int Left, int Right)? Gap
    {
        get
        {
            (int Left, int Right)[] around = [.. Gaps.Where(gap => IsShort(gap.Left) != IsShort(gap.Right))];
            return around.Length == 0 ? null : around.MinBy(gap => gap.Right - gap.Left);
        }
    }

    private bool IsShort(int value) => measured[value] < target.Motion;

    private static int Width((int Left, int Right)? gap) => gap is var (left, right) ? right - left : int.MaxValue;

    // On logarithms: the tolerance is a ratio, and the way from frame to frame goes with 1 / fps. A motion of nearly nothing counts as
    // a hundredth of the target.
    private int FalsePosition((int Left, int Right) gap)
    {
        double left = Logarithm(gap.Left), part = -left / (Logarithm(gap.Right) - left);
        double value = gap.Left * Math.Pow((double)gap.Right / gap.Left, part);
        return Math.Clamp((int)Math.Round(value), gap.Left + 1, gap.Right - 1);
    }

    private double Logarithm(int value) => Math.Log(Math.Max(measured[value] / target.Motion, LeastRatio));
}
