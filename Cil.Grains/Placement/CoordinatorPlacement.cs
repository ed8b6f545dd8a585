using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>
/// Places a grain on a silo without devices where there is one: those are drained and lost less often, and answer sooner.
/// </summary>
[Serializable, GenerateSerializer, Immutable, Alias("cil.CoordinatorPlacement")]
public sealed class CoordinatorPlacement : PlacementStrategy;
