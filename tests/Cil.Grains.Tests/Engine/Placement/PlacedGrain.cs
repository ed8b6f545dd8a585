using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Placement;

public abstract class PlacedGrain(ILocalSiloDetails silo) : Grain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<string> WhereLocal(string key) => GrainFactory.GetGrain<ILocalGrain>(key).Where();
}
