using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cil.Grains.Tests.Engine.Placement;

public sealed class NamedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string wanted = target.GrainIdentity.Key.ToString()!;
        SiloAddress? silo = context.GetCompatibleSilos(target).FirstOrDefault(silo => silo.ToParsableString() == wanted);
        return silo is null ? throw new OrleansException($"no silo {wanted}") : Task.FromResult(silo);
    }
}
