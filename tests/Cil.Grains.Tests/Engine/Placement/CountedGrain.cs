using Orleans.Placement;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

[ActivationCountBasedPlacement]
public sealed class CountedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), ICountedGrain;
