namespace Cil.Silo.Options;

/// <summary>Where silos find each other.</summary>
public enum ClusterKind
{
    /// <summary>There is one silo.</summary>
    None,

    /// <summary>At the first silo of this machine, in its memory: for development.</summary>
    Localhost,

    Redis,
    AdoNet,
    Azure,
}
