using Cil.Grains.Placement;
using Cil.Silo.Options;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Cil.Silo.Cluster;

/// <summary>Roles as the silos of a cluster tell them.</summary>
internal sealed class MetadataRoles(ISiloMetadataCache cache) : ISiloRoles
{
    internal const string Key = "cil.role";

    public bool IsCoordinator(SiloAddress silo) =>
        cache.GetSiloMetadata(silo).Metadata.TryGetValue(Key, out string? role) && role == nameof(SiloRole.Coordinator);
}
