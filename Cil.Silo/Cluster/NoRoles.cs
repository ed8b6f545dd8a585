using Cil.Grains.Placement;
using Orleans.Runtime;

namespace Cil.Silo.Cluster;

/// <summary>One silo that does everything.</summary>
internal sealed class NoRoles : ISiloRoles
{
    public bool IsCoordinator(SiloAddress silo) => false;
}
