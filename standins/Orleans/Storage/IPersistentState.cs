using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>State that a grain's constructor asks for with [PersistentState]; it is read before the grain is activated.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
