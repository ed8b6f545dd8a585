using ScottPlot;

namespace Cil.Training.Plots;

/// <summary>Lines over one axis, as a small SVG file; drawn by ScottPlot.</summary>
public sealed record LinePlot
{
    private const int PlotWidth = 640, PlotHeight = 360, MostPoints = 1200;

    /// <summary>Colours that are told apart, for the lines of one plot.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["#1f5f99", "#d1662b", "#3c8c4f", "#8c4fa8", "#b03a48", "#777777"];

    /// <summary>Plain text over the plot.</summary>
    public required string Title { get; init; }

    /// <summary>What the axes count, in which unit.</summary>
    public required string XAxis { get; init; }

    public string YAxis { get; init; } = "";

    /// <summary>Whether the x axis is logarithmic; x must be above 0 then.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Ends of the y axis; null for those of the points.</summary>
    public double? Low { get; init; }

    public double? High { get; init; }

    public required IReadOnlyList<PlotLine> Lines { get; init; }

    /// <summary>The file's text.</summary>
    public string Draw()
    {
        using var plot = new Plot();
        plot.Title(Title, 15);
        plot.XLabel(XAxis, 13);
        if (YAxis.Length > 0) plot.YLabel(YAxis, 13);
        if (IsLogarithmic) plot.Axes.Bottom.TickGenerator = LogarithmicTicks();
        foreach (PlotLine line in Lines) Add(plot, line);
        plot.Axes.AutoScale();
        AxisLimits limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(Low ?? limits.Bottom, High ?? limits.Top);
        if (Lines.Any(line => line.Name.Length > 0)) plot.ShowLegend(Edge.Top);
        return plot.GetSvgXml(PlotWidth, PlotHeight);
    }

    private static ScottPlot.TickGenerators.NumericAutomatic LogarithmicTicks() => new()
    {
        IntegerTicksOnly = true,
        MinorTickGenerator = new ScottPlot.TickGenerators.LogMinorTickGenerator(),
        LabelFormatter = exponent => Math.Pow(10, exponent).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture),
    };

    private void Add(Plot plot, PlotLine line)
    {
        (double X, double Y)[] points = [.. line.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))];
        if (points.Length == 0) return;
        int every = Math.Max(1, points.Length / MostPoints);
        points = [.. points.Where((_, index) => index % every == 0)];
        double[] x = [.. points.Select(point => IsLogarithmic ? Math.Log10(point.X) : point.X)], y = [.. points.Select(point => point.Y)];
        ScottPlot.Plottables.Scatter drawn = plot.Add.ScatterLine(x, y);
        (drawn.Color, drawn.LineWidth, drawn.LegendText) = (Color.FromHex(line.Colour), (float)line.Width, line.Name);
    }
}
