using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Tests.Placement;

[PreferLocalPlacement]
public sealed class LocalGrain(ILocalSiloDetails silo) : PlacedGrain(silo), ILocalGrain;
