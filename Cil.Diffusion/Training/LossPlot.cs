using System.Globalization;
using System.Text;

namespace Cil.Diffusion.Training;

/// <summary>A loss curve as a small SVG file: thin line for every logged value, thick line for the running mean.</summary>
public static class LossPlot
{
    private const int Width = 640;
    private const int Height = 320;
    private const int Margin = 48;

    /// <summary>Draws the curve.</summary>
    /// <param name="title">Plain text over the curve.</param>
    /// <param name="points">Step and loss, in order of steps.</param>
    public static string Draw(string title, IReadOnlyList<(long Step, double Loss)> points)
    {
        var usable = points.Where(p => double.IsFinite(p.Loss)).ToList();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n<text x=\"{Margin}\" y=\"24\" font-size=\"14\">{Escape(title)}</text>\n");
        if (usable.Count > 1)
        {
            var smooth = Smooth(usable);
            var low = smooth.Min(p => p.Loss) * 0.95;
            var high = smooth.Max(p => p.Loss) * 1.02;
            var frame = new Frame(usable[0].Step, usable[^1].Step, low, Math.Max(high, low + 1e-9));
            Axes(svg, frame);
            Line(svg, frame, usable, "#9ec5e8", 0.6);
            Line(svg, frame, smooth, "#1f5f99", 1.8);
        }

        return svg.Append("</svg>\n").ToString();
    }

    // Mean over a window of a fortieth of the curve.
    private static List<(long Step, double Loss)> Smooth(List<(long Step, double Loss)> points)
    {
        var window = Math.Max(1, points.Count / 40);
        return [.. points.Select((p, i) => (p.Step, points.Skip(Math.Max(0, i - window)).Take(Math.Min(i, window) + 1).Average(q => q.Loss)))];
    }

    private static void Axes(StringBuilder svg, Frame frame)
    {
        for (var i = 0; i <= 4; i++)
        {
            var loss = frame.LossLow + ((frame.LossHigh - frame.LossLow) * i / 4);
            var step = frame.StepLow + ((frame.StepHigh - frame.StepLow) * i / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Margin}\" x2=\"{Width - 16}\" y1=\"{frame.Y(loss):0.#}\" y2=\"{frame.Y(loss):0.#}\" stroke=\"#ddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 6}\" y=\"{frame.Y(loss) + 4:0.#}\" text-anchor=\"end\">{loss:0.###}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{frame.X(step):0.#}\" y=\"{Height - Margin + 20}\" text-anchor=\"middle\">{step}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">step</text>\n");
    }

    private static void Line(StringBuilder svg, Frame frame, List<(long Step, double Loss)> points, string colour, double width)
    {
        var every = Math.Max(1, points.Count / 1200);
        var path = string.Join(' ', points.Where((_, i) => i % every == 0).Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"{frame.X(p.Step):0.#},{Math.Clamp(frame.Y(p.Loss), 32, Height - Margin):0.#}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" points=\"{path}\"/>\n");
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private sealed record Frame(long StepLow, long StepHigh, double LossLow, double LossHigh)
    {
        public double X(double step) => Margin + ((step - StepLow) / Math.Max(1, StepHigh - StepLow) * (Width - Margin - 16));

        public double Y(double loss) => Height - Margin - ((loss - LossLow) / (LossHigh - LossLow) * (Height - Margin - 40));
    }
}
