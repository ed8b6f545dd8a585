namespace Cil.Evaluation.Motion;

/// <summary>What <see cref="MotionDirection"/> found in a clip.</summary>
public sealed record MotionMeasurement
{
    /// <summary>Pixels to the right over the whole clip.</summary>
    public required double TravelX { get; init; }

    /// <summary>Pixels down over the whole clip.</summary>
    public required double TravelY { get; init; }

    public required MotionHeading Heading { get; init; }
}
