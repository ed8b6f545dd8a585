namespace Cil.Training.Plots;

/// <summary>A loss curve as a small SVG file: thin line for every logged value, thick line for the running mean.</summary>
public static class LossPlot
{
    /// <summary>Draws the curve.</summary>
    /// <param name="title">Plain text over the curve.</param>
    /// <param name="points">Step and loss, in order of steps.</param>
    public static string Draw(string title, IReadOnlyList<(long Step, double Loss)> points)
    {
        List<(double X, double Y)> usable =
            [.. points.Where(point => double.IsFinite(point.Loss)).Select(point => ((double)point.Step, point.Loss))];
        List<(double X, double Y)> smooth = Smooth(usable);
        return new LinePlot
        {
            Title = title,
            XAxis = "step",
            // Single values may stray far: the mean says what is seen.
            Low = smooth.Count == 0 ? null : smooth.Min(point => point.Y) * 0.95,
            High = smooth.Count == 0 ? null : smooth.Max(point => point.Y) * 1.02,
            Lines = [new PlotLine("", usable) { Colour = "#9ec5e8", Width = 0.6 }, new PlotLine("", smooth)],
        }.Draw();
    }

    // Mean over a window of a fortieth of the curve.
    private static List<(double X, double Y)> Smooth(List<(double X, double Y)> points)
    {
        int window = Math.Max(1, points.Count / 40);
        return [.. points.Select(
            (point, i) => (point.X, points.Skip(Math.Max(0, i - window)).Take(Math.Min(i, window) + 1).Average(other => other.Y)))];
    }
}
