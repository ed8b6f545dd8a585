using Orleans.Runtime;

namespace Cil.Grains.Placement;

/// <summary>Which silos are there to coordinate rather than to render.</summary>
public interface ISiloRoles
{
    /// <summary>Whether this silo has no device; false while that is not known.</summary>
    bool IsCoordinator(SiloAddress silo);
}
