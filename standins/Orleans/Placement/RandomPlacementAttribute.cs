using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>Any active silo.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RandomPlacementAttribute() : PlacementAttribute(RandomPlacement.Singleton);
