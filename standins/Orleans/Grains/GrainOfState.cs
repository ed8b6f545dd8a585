using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain with one state, kept by the storage that <c>[StorageProvider]</c> would name; here, the default one.</summary>
/// <typeparam name="TGrainState">The state's class.</typeparam>
public class Grain<TGrainState> : Grain
{
    private readonly IStorage<TGrainState> _storage;

    /// <summary>Called by the runtime.</summary>
    protected Grain()
    {
        var factory = GrainContext.ActivationServices.GetRequiredService<IPersistentStateFactory>();
        _storage = factory.Create<TGrainState>(GrainContext, new PersistentStateAttribute(GetType().FullName!));
    }

    /// <summary>For tests of a grain class without a silo.</summary>
    protected Grain(IStorage<TGrainState> storage)
    {
        _storage = storage;
    }

    /// <summary>The state in memory.</summary>
    protected TGrainState State
    {
        get => _storage.State;
        set => _storage.State = value;
    }

    /// <inheritdoc cref="IStorage.ClearStateAsync()"/>
    protected virtual Task ClearStateAsync() => _storage.ClearStateAsync();

    /// <inheritdoc cref="IStorage.WriteStateAsync()"/>
    protected virtual Task WriteStateAsync() => _storage.WriteStateAsync();

    /// <inheritdoc cref="IStorage.ReadStateAsync()"/>
    protected virtual Task ReadStateAsync() => _storage.ReadStateAsync();
}
