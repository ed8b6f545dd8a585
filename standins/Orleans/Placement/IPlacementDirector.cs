namespace Orleans.Runtime.Placement;

/// <summary>Chooses silos for one <see cref="PlacementStrategy"/>.</summary>
public interface IPlacementDirector
{
    /// <summary>The silo where the grain is to be activated. What this throws, the caller of the grain gets.</summary>
    Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context);
}
