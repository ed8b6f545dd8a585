using Orleans.Placement;

namespace Cil.Grains.Placement;

/// <summary>Marks a grain for <see cref="CoordinatorPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CoordinatorPlacementAttribute() : PlacementAttribute(new CoordinatorPlacement());
