using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>Places a grain whose key is "silo/ordinal" on that silo or nowhere.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("cil.DevicePlacement")]
public sealed class DevicePlacement : PlacementStrategy;
