namespace Orleans.Runtime.Placement;

internal sealed class ActivationCountPlacementDirector(Silo silo) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var counts = silo.Cluster.ActiveSilos().ToDictionary(s => s.SiloAddress, s => s.ActivationCount);
        return Task.FromResult(context.GetCompatibleSilos(target).MinBy(a => counts.GetValueOrDefault(a, int.MaxValue))!);
    }
}
