using Orleans.Placement;

namespace Cil.Grains.Tests.Engine.Placement;

[AttributeUsage(AttributeTargets.Class)]
public sealed class NamedPlacementAttribute() : PlacementAttribute(new NamedPlacement());
