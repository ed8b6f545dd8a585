using System.Collections.Concurrent;
using Cil.Storage;

namespace Cil.TestKit.Storage;

/// <summary>A store that remembers the latents that were put into it: a job that is over has let go of them.</summary>
internal sealed class RecordedBlobs(IBlobStore blobs) : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> latents = [];

    /// <summary>In the order of their chunks.</summary>
    internal IReadOnlyList<byte[]> Latents => [.. latents.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value)];

    public Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal)) latents[name] = content.ToArray();
        return blobs.PutAsync(name, content, condition, cancellationToken);
    }

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default) =>
        blobs.GetAsync(name, range, cancellationToken);

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        blobs.ListAsync(prefix, cancellationToken);

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => blobs.DeleteAsync(name, cancellationToken);
}
