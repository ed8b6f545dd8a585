using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>A grain that rather lives where nothing is rendered: those silos are not drained and lost as often, and answer sooner.</summary>
[Serializable, GenerateSerializer, Immutable, Alias("cil.CoordinatorPlacement")]
public sealed class CoordinatorPlacement : PlacementStrategy;
