using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>Azurite behind a proxy that lets those requests go wrong that the test names.</summary>
internal sealed class UnsteadyService : IAsyncDisposable
{
    private UnsteadyProxy proxy = null!;
    private int next, always, faults;

    internal Uri Address => proxy.Address;

    /// <summary>Requests that went wrong.</summary>
    internal int Faults => faults;

    internal static async Task<UnsteadyService> StartAsync(Azurite azurite, TimeSpan slow)
    {
        var service = new UnsteadyService();
        service.proxy = await UnsteadyProxy.StartAsync(azurite.Blobs, _ => service.Decide(), slow);
        return service;
    }

    /// <summary>The next request goes wrong like that.</summary>
    internal void Next(StorageFault fault) => next = (int)fault;

    /// <summary>All requests go wrong like that.</summary>
    internal void Always(StorageFault fault) => always = (int)fault;

    public ValueTask DisposeAsync() => proxy.DisposeAsync();

    private StorageFault Decide()
    {
        var fault = (StorageFault)Interlocked.Exchange(ref next, 0);
        if (fault == StorageFault.None) fault = (StorageFault)always;
        if (fault != StorageFault.None) Interlocked.Increment(ref faults);
        return fault;
    }
}
