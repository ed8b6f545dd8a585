using Orleans.Placement;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

[PreferLocalPlacement]
public sealed class LocalGrain(ILocalSiloDetails silo) : PlacedGrain(silo), ILocalGrain;
