namespace Cil.Training.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">For the legend; empty for none.</param>
/// <param name="Points">In order of x.</param>
public sealed record PlotLine(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>An SVG colour.</summary>
    public string Colour { get; init; } = "#1f5f99";

    /// <summary>In pixels.</summary>
    public double Width { get; init; } = 1.8;
}
