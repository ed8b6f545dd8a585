using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cil.Grains.Placement;

/// <summary>Any coordinator; where there is none, any silo.</summary>
public sealed class CoordinatorPlacementDirector(ISiloRoles roles) : IPlacementDirector
{
    /// <exception cref="OrleansException">No silo has the grain.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] compatible = context.GetCompatibleSilos(target), coordinators = [.. compatible.Where(roles.IsCoordinator)];
        SiloAddress[] choice = coordinators.Length > 0 ? coordinators : compatible;
        if (choice.Length == 0) throw new OrleansException($"{target.GrainIdentity}: no active silo has this grain");
        // At random: after the loss of one coordinator its jobs are spread over the others.
        return Task.FromResult(choice[Random.Shared.Next(choice.Length)]);
    }
}
