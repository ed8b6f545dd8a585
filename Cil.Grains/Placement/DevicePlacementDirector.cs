using Cil.Interfaces.Workers;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cil.Grains.Placement;

/// <summary>Finds the silo that a worker's key names, or refuses: a model on another device would be another worker.</summary>
public sealed class DevicePlacementDirector(ISiloStatusOracle silos) : IPlacementDirector
{
    /// <exception cref="OrleansException">No silo of that name is active.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        WorkerId worker = WorkerId.Parse(target.GrainIdentity.Key.ToString()!);
        SiloAddress[] compatible = context.GetCompatibleSilos(target);
        // A silo that was killed can still be listed beside its successor of the same name: the newest is alive.
        SiloAddress? silo = silos.GetApproximateSiloStatuses(onlyActive: true).Keys
            .Where(active => silos.TryGetSiloName(active, out string? name) && name == worker.Silo && compatible.Contains(active))
            .MaxBy(active => active.Generation);
        return silo is not null
            ? Task.FromResult(silo)
            : throw new OrleansException($"worker {worker}: no active silo is named '{worker.Silo}'");
    }
}
