using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Adds storage of grain state.</summary>
public static class StorageProviderExtensions
{
    /// <summary>Adds storage under a name; the one named "Default" is what a state without a storage's name uses.</summary>
    public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (provider, key) => implementationFactory(provider, (string)key!));
        if (string.Equals(name, "Default", StringComparison.Ordinal))
        {
            collection.TryAddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>("Default"));
        }

        if (typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(typeof(T)))
        {
            collection.AddSingleton(provider => (ILifecycleParticipant<ISiloLifecycle>)provider.GetRequiredKeyedService<IGrainStorage>(name));
        }

        return collection;
    }
}
