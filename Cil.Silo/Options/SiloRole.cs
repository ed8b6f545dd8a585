namespace Cil.Silo.Options;

/// <summary>What a silo is there for.</summary>
public enum SiloRole
{
    All,

    /// <summary>Looks after jobs and answers clients; has no device and loads no libtorch.</summary>
    Coordinator,

    /// <summary>Renders; looks after jobs only while there is no coordinator.</summary>
    Worker,
}
