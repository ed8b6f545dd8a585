using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

/// <summary>A grain lives on the silo that its key names.</summary>
[Serializable, GenerateSerializer, Immutable]
public sealed class NamedPlacement : PlacementStrategy;
