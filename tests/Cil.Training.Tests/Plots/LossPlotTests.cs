using System.Xml.Linq;
using Cil.Training.Plots;

namespace Cil.Training.Tests.Plots;

public sealed class LossPlotTests
{
    [Fact]
    public void Draw_OfACurve_IsXmlWithTwoLinesAndTheTitle()
    {
        var plot = XDocument.Parse(LossPlot.Draw("a < b & c", [.. Enumerable.Range(1, 500).Select(i => ((long)i, 1.0 / i))]));
        Assert.Equal(2, plot.Descendants().Count(e => e.Name.LocalName == "polyline"));
        Assert.Contains(plot.Descendants(), e => e.Value == "a < b & c");
    }

    [Fact]
    public void Draw_WithoutPoints_IsStillXml() => Assert.NotNull(XDocument.Parse(LossPlot.Draw("empty", [])).Root);
}
