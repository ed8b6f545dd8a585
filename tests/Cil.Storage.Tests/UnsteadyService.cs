using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>A storage service behind a proxy that lets those requests go wrong that the test names.</summary>
internal sealed class UnsteadyService : IAsyncDisposable
{
    private UnsteadyProxy proxy = null!;
    private int next, always, faults;
    private string nextMethod = "";

    internal Uri Address => proxy.Address;

    /// <summary>Requests that went wrong.</summary>
    internal int Faults => faults;

    internal static async Task<UnsteadyService> StartAsync(Uri storage, TimeSpan slow)
    {
        var service = new UnsteadyService();
        service.proxy = await UnsteadyProxy.StartAsync(storage, service.Decide, slow);
        return service;
    }

    /// <summary>The next request, or the next one of that method, goes wrong like that.</summary>
    internal void Next(StorageFault fault, string method = "")
    {
        nextMethod = method;
        next = (int)fault;
    }

    /// <summary>All requests go wrong like that.</summary>
    internal void Always(StorageFault fault) => always = (int)fault;

    public ValueTask DisposeAsync() => proxy.DisposeAsync();

    private StorageFault Decide(string request)
    {
        StorageFault fault = request.StartsWith(nextMethod, StringComparison.Ordinal)
            ? (StorageFault)Interlocked.Exchange(ref next, 0)
            : StorageFault.None;
        if (fault == StorageFault.None) fault = (StorageFault)always;
        if (fault != StorageFault.None) Interlocked.Increment(ref faults);
        return fault;
    }
}
