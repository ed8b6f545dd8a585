using Orleans.Placement;

namespace Orleans.Tests.Placement;

[AttributeUsage(AttributeTargets.Class)]
public sealed class NamedPlacementAttribute() : PlacementAttribute(new NamedPlacement());
