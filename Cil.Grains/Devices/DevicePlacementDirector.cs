using Cil.Interfaces.Devices;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Cil.Grains.Devices;

/// <summary>Finds the silo that a worker's key names, or refuses: a model on another device would be another worker.</summary>
public sealed class DevicePlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    /// <exception cref="OrleansException">No silo of that name is active.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        WorkerId worker = WorkerId.Parse(target.GrainIdentity.Key.ToString()!);
        SiloAddress[] compatible = context.GetCompatibleSilos(target);
        ClusterMember? member = membership.CurrentSnapshot.Members.Values
            .FirstOrDefault(silo => silo.Name == worker.Silo && silo.Status == SiloStatus.Active && compatible.Contains(silo.SiloAddress));
        return member is not null
            ? Task.FromResult(member.SiloAddress)
            : throw new OrleansException($"worker {worker}: no active silo is named '{worker.Silo}'");
    }
}
