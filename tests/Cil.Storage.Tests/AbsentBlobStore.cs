
namespace Cil.Storage.Tests;

/// <summary>A store that cannot be reached.</summary>
internal sealed class AbsentBlobStore : IBlobStore
{
    public Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default,
        CancellationToken cancellationToken = default) => throw new IOException("away");

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default) =>
        throw new IOException("away");

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
        throw new IOException("away");

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => throw new IOException("away");
}
