using Orleans.Placement;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

[RandomPlacement]
public sealed class RandomGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IRandomGrain;
