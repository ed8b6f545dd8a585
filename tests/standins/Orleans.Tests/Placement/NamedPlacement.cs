using Orleans.Runtime;

namespace Orleans.Tests.Placement;

/// <summary>A grain lives on the silo that its key names.</summary>
[Serializable, GenerateSerializer, Immutable]
public sealed class NamedPlacement : PlacementStrategy;
