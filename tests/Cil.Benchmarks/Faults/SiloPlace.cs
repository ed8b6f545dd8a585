namespace Cil.Benchmarks.Faults;

/// <summary>Where a silo runs.</summary>
/// <param name="Prefix">Stands before its command.</param>
/// <param name="Address">Where it is reached.</param>
internal sealed record SiloPlace(IReadOnlyList<string> Prefix, string Address)
{
    /// <summary>This machine as it is.</summary>
    internal static SiloPlace Here { get; } = new([], "127.0.0.1");
}
