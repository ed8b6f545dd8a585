using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Tests.Placement;

[ActivationCountBasedPlacement]
public sealed class CountedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), ICountedGrain;
