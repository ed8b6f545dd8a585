using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>The silo that calls.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(PreferLocalPlacement.Singleton);
