namespace Orleans.Runtime;

/// <summary>The silo that calls.</summary>
public sealed class PreferLocalPlacement : PlacementStrategy
{
    internal static PreferLocalPlacement Singleton { get; } = new();
}
