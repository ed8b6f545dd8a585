using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Cil.Storage;

namespace Cil.Benchmarks.Scale;

/// <summary>Blobs in memory: what is left of a cost when storage has none.</summary>
internal sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, Blob> blobs = new(StringComparer.Ordinal);
    private long writes, bytes;

    internal long Writes => Interlocked.Read(ref writes);

    /// <summary>Of all writes.</summary>
    internal long Bytes => Interlocked.Read(ref bytes);

    public Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        string etag = Interlocked.Increment(ref writes).ToString(CultureInfo.InvariantCulture);
        _ = Interlocked.Add(ref bytes, content.Length);
        var blob = new Blob(content.ToArray(), etag, content.Length);
        _ = blobs.AddOrUpdate(
            BlobName.Check(name),
            _ => condition.IfMatch is null
                ? blob
                : throw new BlobConflictException($"{name}: expected ETag {condition.IfMatch}, found no blob"),
            (_, old) => condition.IfAbsent || (condition.IfMatch is { } wanted && wanted != old.ETag)
                ? throw new BlobConflictException($"{name}: found ETag {old.ETag}")
                : blob);
        return Task.FromResult(etag);
    }

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        if (!blobs.TryGetValue(name, out Blob? blob)) return Task.FromResult<Blob?>(null);
        if (range is not { } part) return Task.FromResult<Blob?>(blob);
        int offset = (int)Math.Min(part.Offset, blob.Length);
        return Task.FromResult<Blob?>(blob with { Content = blob.Content.Slice(offset, (int)Math.Min(part.Count, blob.Length - offset)) });
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (string name in blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return name;
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        Task.FromResult(blobs.TryRemove(name, out _));
}
