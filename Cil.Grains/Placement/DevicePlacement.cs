using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>A grain whose key is "silo/ordinal" lives on that silo or nowhere.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("cil.DevicePlacement")]
public sealed class DevicePlacement : PlacementStrategy;
