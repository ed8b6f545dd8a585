using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Tests.Placement;

[RandomPlacement]
public sealed class RandomGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IRandomGrain;
