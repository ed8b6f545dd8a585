using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>Tells silos that coordinate from silos that render.</summary>
public interface ISiloRoles
{
    /// <summary>Whether this silo has no device; false while that is not known.</summary>
    bool IsCoordinator(SiloAddress silo);
}
