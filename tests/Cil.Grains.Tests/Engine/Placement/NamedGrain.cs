using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

[NamedPlacement]
public sealed class NamedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), INamedGrain;
