using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime.Placement;

/// <summary>The grain to be placed.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Only the original's members.")]
public readonly struct PlacementTarget(GrainId grainIdentity, Dictionary<string, object> requestContextData, GrainInterfaceType interfaceType, ushort interfaceVersion)
{
    /// <summary>Which grain.</summary>
    public GrainId GrainIdentity { get; } = grainIdentity;

    /// <summary>The interface by which it is called.</summary>
    public GrainInterfaceType InterfaceType { get; } = interfaceType;

    /// <summary>The interface's version.</summary>
    public ushort InterfaceVersion { get; } = interfaceVersion;

    /// <summary>The request context of the call.</summary>
    public Dictionary<string, object> RequestContextData { get; } = requestContextData;
}
