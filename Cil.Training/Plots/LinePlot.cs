using System.Globalization;
using System.Text;

namespace Cil.Training.Plots;

/// <summary>Lines over one axis, as a small SVG file.</summary>
public sealed record LinePlot
{
    private const int PlotWidth = 640, PlotHeight = 320, Margin = 56, Top = 52, Right = 16, MostPoints = 1200, Ticks = 4;

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
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{PlotWidth}\" height=\"{PlotHeight}\" viewBox=\"0 0 {PlotWidth} {PlotHeight}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{PlotWidth}\" height=\"{PlotHeight}\" fill=\"white\"/>\n<text x=\"{Margin}\" y=\"20\" font-size=\"14\">{Escape(Title)}</text>\n");
        List<(double X, double Y)> all = [.. Lines.SelectMany(line => line.Points).Where(IsThere)];
        if (all.Count > 1)
        {
            double low = Low ?? all.Min(point => point.Y), high = High ?? all.Max(point => point.Y);
            var frame = new Frame(all.Min(point => Place(point.X)), all.Max(point => Place(point.X)), low, Math.Max(high, low + 1e-9));
            DrawAxes(svg, frame);
            foreach (PlotLine line in Lines) DrawLine(svg, frame, line);
            DrawLegend(svg);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static bool IsThere((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Number(double value) => Math.Abs(value) >= 1000 || value == Math.Floor(value) ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.###", CultureInfo.InvariantCulture);

    private static double Rounded(double value) => value >= 10 ? Math.Round(value) : Math.Round(value, 2);

    private double Place(double x) => IsLogarithmic ? Math.Log10(x) : x;

    private void DrawAxes(StringBuilder svg, Frame frame)
    {
        for (int i = 0; i <= Ticks; i++)
        {
            double y = frame.Low + ((frame.High - frame.Low) * i / Ticks), x = frame.Left + ((frame.End - frame.Left) * i / Ticks);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Margin}\" x2=\"{PlotWidth - Right}\" y1=\"{frame.Y(y):0.#}\" y2=\"{frame.Y(y):0.#}\" stroke=\"#ddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 6}\" y=\"{frame.Y(y) + 4:0.#}\" text-anchor=\"end\">{Number(y)}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{frame.X(x):0.#}\" y=\"{PlotHeight - Margin + 18}\" text-anchor=\"{(i < Ticks ? "middle" : "end")}\">{Number(IsLogarithmic ? Rounded(Math.Pow(10, x)) : x)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{PlotWidth / 2}\" y=\"{PlotHeight - 12}\" text-anchor=\"middle\">{Escape(XAxis)}</text>\n");
        if (YAxis.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"14\" y=\"{PlotHeight / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {PlotHeight / 2})\">{Escape(YAxis)}</text>\n");
    }

    private void DrawLine(StringBuilder svg, Frame frame, PlotLine line)
    {
        List<(double X, double Y)> points = [.. line.Points.Where(IsThere)];
        int every = Math.Max(1, points.Count / MostPoints);
        string path = string.Join(' ', points.Where((_, i) => i % every == 0).Select(point => string.Create(
            CultureInfo.InvariantCulture, $"{frame.X(Place(point.X)):0.#},{Math.Clamp(frame.Y(point.Y), Top - 8, PlotHeight - Margin):0.#}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{line.Colour}\" stroke-width=\"{line.Width}\" points=\"{path}\"/>\n");
    }

    private void DrawLegend(StringBuilder svg)
    {
        // About as wide as its letters are.
        const int Letter = 6, Gap = 10;
        int x = Margin;
        foreach (PlotLine line in Lines.Where(line => line.Name.Length > 0))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"38\" fill=\"{line.Colour}\">{Escape(line.Name)}</text>\n");
            x += (line.Name.Length * Letter) + Gap;
        }
    }

    private sealed record Frame(double Left, double End, double Low, double High)
    {
        public double X(double x) => Margin + ((x - Left) / Math.Max(1e-9, End - Left) * (PlotWidth - Margin - Right));

        public double Y(double y) => PlotHeight - Margin - ((y - Low) / (High - Low) * (PlotHeight - Margin - Top));
    }
}
