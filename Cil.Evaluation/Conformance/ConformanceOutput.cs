namespace Cil.Evaluation.Conformance;

/// <summary>One output against its stored value.</summary>
/// <param name="LargestAbsolute">Largest absolute difference.</param>
/// <param name="LargestRelative">That, in parts of the largest magnitude of the stored output.</param>
/// <param name="Allowed">The largest relative difference that passes.</param>
/// <param name="Fault">Why the two could not be compared, such as another shape; null where they could.</param>
public sealed record ConformanceOutput(
    string Name, IReadOnlyList<long> Shape, double LargestAbsolute,
    double LargestRelative, double Allowed, bool Passed, string? Fault = null);
