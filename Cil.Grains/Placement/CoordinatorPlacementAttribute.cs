using Orleans.Placement;

namespace Cil.Grains.Placement;

/// <summary>Marks a grain for <see cref="CoordinatorPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CoordinatorPlacementAttribute() : PlacementAttribute(new CoordinatorPlacement());
