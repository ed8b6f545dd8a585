using Cil.Grains.Blobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Storage;

namespace Cil.Grains.Batches;

/// <summary>The blobs of one batch beside its state: pictures, the mark of an unfinished one, and its entry in the index.</summary>
internal sealed class BatchBlobs(RenderJobId id, IBlobStore blobs)
{
    internal Task MarkUnfinishedAsync() => blobs.PutAsync(BlobNames.UnfinishedBatch(id), ReadOnlyMemory<byte>.Empty);

    internal Task UnmarkAsync() => blobs.DeleteAsync(BlobNames.UnfinishedBatch(id));

    internal Task AddToIndexAsync(string tenant, DateTimeOffset createdAt) =>
        blobs.PutAsync(BlobNames.BatchIndex(id, tenant, createdAt), ReadOnlyMemory<byte>.Empty);

    /// <summary>Deletes pictures of a request that are the batch's own.</summary>
    internal async Task DeleteImagesAsync(IEnumerable<string> images)
    {
        string own = BatchNames.Prefix(id);
        foreach (string image in images.Where(image => image.StartsWith(own, StringComparison.Ordinal) && BlobName.IsName(image)))
            _ = await blobs.DeleteAsync(image);
    }

    /// <summary>Deletes every blob of the batch but its state. The mark and the index go last, so that it can be deleted again.</summary>
    internal async Task DeleteAllAsync(string tenant, DateTimeOffset createdAt)
    {
        await foreach (string blob in blobs.ListAsync(BatchNames.Prefix(id))) _ = await blobs.DeleteAsync(blob);
        await UnmarkAsync();
        _ = await blobs.DeleteAsync(BlobNames.BatchIndex(id, tenant, createdAt));
    }

    /// <summary>Bytes of the pictures.</summary>
    internal async Task<long> BytesAsync(IEnumerable<string> images)
    {
        long bytes = 0;
        foreach (string image in images) bytes += (await blobs.GetAsync(image, new BlobRange(0, 0)))?.Length ?? 0;
        return bytes;
    }
}
