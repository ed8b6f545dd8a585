using Orleans.Runtime;

namespace Orleans.Tests.Placement;

[NamedPlacement]
public sealed class NamedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), INamedGrain;
