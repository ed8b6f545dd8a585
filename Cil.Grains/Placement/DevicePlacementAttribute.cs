using Orleans.Placement;

namespace Cil.Grains.Placement;

/// <summary>Marks a grain for <see cref="DevicePlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class DevicePlacementAttribute() : PlacementAttribute(new DevicePlacement());
