namespace Cil.Training.Datasets;

/// <summary>
/// How strong the motions of a data set are. A strength is a way in pixels of a frame of 64: that of a move or a pan; growth,
/// turns and zooms of the same strength are those that go with such a way elsewhere. Where a scene begins, and its ground,
/// say nothing about its strength.
/// </summary>
public sealed record SpriteStrength
{
    /// <summary>The way that growth by 1.9, a turn by 135° and a zoom by 1.6 count as.</summary>
    internal const double Unit = 15;

    /// <summary>Share of clips that stand still.</summary>
    public double Still { get; init; }

    /// <summary>Strengths of the others.</summary>
    public required (double Low, double High) Range { get; init; }

    /// <summary>Whether the logarithm of the strength is drawn evenly, not the strength.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>The strongest motion of all the data sets that are compared: scenes begin, and grounds reach, as it needs.</summary>
    public double Most { get; init; } = 24;

    /// <summary>What the base models of the small world learn: a quarter still, weak motions more often than strong ones.</summary>
    public static SpriteStrength Base { get; } = new() { Still = 0.25, Range = (2, 24), IsLogarithmic = true };

    /// <summary>What they are fine-tuned on: clips that move little, as found on the web.</summary>
    public static SpriteStrength Web { get; } = new() { Still = 0.6, Range = (1, 8), IsLogarithmic = true };

    /// <summary>What they are measured on.</summary>
    public static SpriteStrength Evaluation { get; } = new() { Range = (8, 24) };

    internal IEnumerable<string> Faults()
    {
        if (!(Still is >= 0 and <= 1)) yield return $"still: expected 0…1, got {Still}";
        if (!(Range.Low > 0 && Range.High >= Range.Low && Range.High <= Most))
            yield return $"strength: expected 0 < low ≤ high ≤ {Most}, got {Range.Low}…{Range.High}";
    }

    /// <summary>A strength in pixels; 0 for a clip that stands still. Takes two numbers, whatever comes of them.</summary>
    internal double Draw(ref SpriteRandom random)
    {
        bool isStill = random.NextDouble() < Still;
        double drawn = At(random.NextDouble());
        return isStill ? 0 : drawn;
    }

    /// <summary>The strength below which a share of the moving clips lies.</summary>
    public double At(double share) =>
        IsLogarithmic ? Range.Low * Math.Pow(Range.High / Range.Low, share) : Range.Low + ((Range.High - Range.Low) * share);
}
