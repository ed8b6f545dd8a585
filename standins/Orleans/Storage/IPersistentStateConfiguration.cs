namespace Orleans.Runtime;

/// <summary>Which state, and where it is kept.</summary>
public interface IPersistentStateConfiguration
{
    /// <summary>The state's name within the grain.</summary>
    string StateName { get; }

    /// <summary>The storage's name, null for the default one.</summary>
    string? StorageName { get; }
}
