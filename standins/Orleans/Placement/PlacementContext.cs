namespace Orleans.Runtime.Placement;

/// <summary>The cluster as a director sees it. Every silo of a process has every grain class.</summary>
internal sealed class PlacementContext(EmbeddedCluster cluster, Silo local) : IPlacementContext
{
    public SiloAddress LocalSilo => local.SiloAddress;

    public SiloStatus LocalSiloStatus => local.Status;

    public SiloAddress[] GetCompatibleSilos(PlacementTarget target)
    {
        var silos = cluster.ActiveSilos().Select(s => s.SiloAddress).ToArray();
        return silos.Length > 0
            ? silos
            : throw new OrleansException($"No active nodes are compatible with grain {target.GrainIdentity}.");
    }
}
