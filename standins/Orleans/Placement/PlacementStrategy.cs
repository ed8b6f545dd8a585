namespace Orleans.Runtime;

/// <summary>How a silo is chosen for a grain; its <see cref="Placement.IPlacementDirector"/> chooses.</summary>
public abstract class PlacementStrategy;
