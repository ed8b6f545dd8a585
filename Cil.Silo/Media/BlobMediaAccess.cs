using Cil.Client.Jobs;
using Cil.Storage;

namespace Cil.Silo.Media;

/// <summary>A client in the same process reaches media in the silo's own storage.</summary>
public sealed class BlobMediaAccess(IBlobStore blobs) : IMediaAccess
{
    public Task PutAsync(string name, Stream content, CancellationToken cancellationToken) =>
        blobs.PutStreamAsync(name, content, cancellationToken);

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) =>
        (await blobs.GetAsync(name, cancellationToken: cancellationToken))?.Content.ToArray();

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken) =>
        await blobs.GetAsync(name, new BlobRange(0, 0), cancellationToken) is { } found ? new BlobStream(blobs, name, found) : null;
}
