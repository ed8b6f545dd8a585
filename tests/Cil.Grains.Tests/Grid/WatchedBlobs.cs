using System.Collections.Concurrent;
using Cil.Storage;

namespace Cil.Grains.Tests.Grid;

/// <summary>A store that says when a blob is taken away.</summary>
internal sealed class WatchedBlobs(IBlobStore blobs) : IBlobStore
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> deleted = [];

    /// <summary>Done once a blob of that name was there and is deleted.</summary>
    internal Task DeletedAsync(string name) => Of(name).Task.WaitAsync(TestGrid.Timeout());

    /// <summary>When set, nothing can be stored.</summary>
    internal Exception? Fault { get; set; }

    /// <summary>Names that nothing can be stored under; null for none.</summary>
    internal Func<string, bool>? Refused { get; set; }

    /// <summary>Until when a blob waits that is to be stored; null for not at all.</summary>
    internal Func<string, Task?>? Held { get; set; }

    /// <summary>When set, nothing can be read.</summary>
    internal Exception? ReadFault { get; set; }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        if (Held?.Invoke(name) is { } held) await held;
        return Fault is { } fault ? throw fault
            : Refused?.Invoke(name) == true ? throw new IOException($"{name}: no room")
            : await blobs.PutAsync(name, content, condition, cancellationToken);
    }

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default) =>
        ReadFault is { } fault ? throw fault : blobs.GetAsync(name, range, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        blobs.ListAsync(prefix, cancellationToken);

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        bool was = await blobs.DeleteAsync(name, cancellationToken);
        if (was) _ = Of(name).TrySetResult();
        return was;
    }

    private TaskCompletionSource Of(string name) =>
        deleted.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
