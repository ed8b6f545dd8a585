namespace Orleans.Core;

/// <summary>Persistent state of a type.</summary>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state in memory.</summary>
    TState State { get; set; }
}
