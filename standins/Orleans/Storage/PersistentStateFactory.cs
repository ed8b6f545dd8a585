using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Finds the storage and ties the state to the activation's life.</summary>
public class PersistentStateFactory : IPersistentStateFactory
{
    /// <inheritdoc/>
    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration cfg)
    {
        var storage = string.IsNullOrWhiteSpace(cfg.StorageName)
            ? context.ActivationServices.GetService<IGrainStorage>()
            : context.ActivationServices.GetKeyedService<IGrainStorage>(cfg.StorageName);
        if (storage is null)
        {
            throw new BadProviderConfigException(string.IsNullOrEmpty(cfg.StorageName)
                ? $"No default storage provider found loading grain type {context.GrainId.Type}."
                : $"No storage provider named \"{cfg.StorageName}\" found loading grain type {context.GrainId.Type}.");
        }

        return new PersistentState<TState>(cfg.StateName, context, storage);
    }
}
