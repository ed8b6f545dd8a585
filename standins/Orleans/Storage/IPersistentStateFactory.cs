namespace Orleans.Runtime;

/// <summary>Makes the state that a grain's constructor asks for.</summary>
public interface IPersistentStateFactory
{
    /// <summary>State of an activation.</summary>
    /// <exception cref="Storage.BadProviderConfigException">No storage of that name is registered.</exception>
    IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config);
}
