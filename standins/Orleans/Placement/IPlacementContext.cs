namespace Orleans.Runtime.Placement;

/// <summary>What a director may know.</summary>
public interface IPlacementContext
{
    /// <summary>The silo that asks.</summary>
    SiloAddress LocalSilo { get; }

    /// <summary>Its status.</summary>
    SiloStatus LocalSiloStatus { get; }

    /// <summary>The active silos that have the grain's class.</summary>
    SiloAddress[] GetCompatibleSilos(PlacementTarget target);
}
