using System.Xml.Linq;
using Cil.Training.Plots;

namespace Cil.Training.Tests.Plots;

public sealed class LossPlotTests
{
    [Fact]
    public void Draw_OfACurve_IsXmlWithItsTitleAndTwoLines()
    {
        IReadOnlyList<(long, double)> points = [.. Enumerable.Range(1, 500).Select(i => ((long)i, 1.0 / i))];

        var plot = XDocument.Parse(LossPlot.Draw("a < b & c", points));

        Assert.Contains(
            "a < b & c",
            string.Concat(plot.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)),
            StringComparison.Ordinal);
        Assert.Equal(
            2,
            plot.Descendants().Count(element => element.Name.LocalName == "path" && (string?)element.Attribute("stroke") is { } stroke
                && stroke.ToUpperInvariant() is "#9EC5E8" or "#1F5F99"));
    }

    [Fact]
    public void Draw_WithoutPoints_IsStillXml() => Assert.NotNull(XDocument.Parse(LossPlot.Draw("empty", [])).Root);
}
