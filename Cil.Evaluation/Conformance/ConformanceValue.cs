using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>What a component computed.</summary>
/// <param name="Output">Its name.</param>
/// <param name="Expected">What it is compared with; null for the stored tensor of that name.</param>
/// <param name="Allowance">How many times the tolerance of a single pass it may differ by: runs of many steps enlarge rounding.</param>
public readonly record struct ConformanceValue(string Output, Tensor Value, Tensor? Expected = null, double Allowance = 1)
{
    public static implicit operator ConformanceValue((string Output, Tensor Value) pair) => new(pair.Output, pair.Value);
}
