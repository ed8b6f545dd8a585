namespace Cil.Silo.Hosting;

/// <summary>The machine lacks what a grid needs.</summary>
/// <param name="missing">All of it.</param>
public sealed class StartRequirementException(IReadOnlyList<string> missing) : Exception(string.Join("\n", missing))
{
    public IReadOnlyList<string> Missing { get; } = missing;
}
