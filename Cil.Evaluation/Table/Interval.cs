using System.Globalization;

namespace Cil.Evaluation.Table;

/// <summary>A number with its 95 % interval.</summary>
public readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>Whether it does not reach over 0 to either side.</summary>
    public bool IsAbove => Low > 0;

    public bool IsBelow => High < 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:F3} ({Low:F3} to {High:F3})");
}
