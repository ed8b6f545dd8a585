namespace Cil.Evaluation.Conformance;

/// <summary>What a check found.</summary>
public sealed record ConformanceReport
{
    public required string Component { get; init; }

    public required string Folder { get; init; }

    /// <summary>Largest relative difference that passes for a single pass; an output says its own.</summary>
    public required double Tolerance { get; init; }

    public required IReadOnlyList<ConformanceOutput> Outputs { get; init; }

    /// <summary>Stored tensors that are neither fed in nor compared: intermediate values, mostly.</summary>
    public required IReadOnlyList<string> NotCompared { get; init; }

    public bool Passed => Outputs.All(output => output.Passed);
}
