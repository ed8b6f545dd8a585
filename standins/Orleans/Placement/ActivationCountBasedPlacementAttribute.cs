using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>A silo with few activations.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ActivationCountBasedPlacementAttribute() : PlacementAttribute(ActivationCountBasedPlacement.Singleton);
