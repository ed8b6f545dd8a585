using Cil.Grains.Blobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Jobs;

/// <summary>The blobs of one job beside its state: uploads, marks, work, and what is deleted when.</summary>
internal sealed partial class JobBlobs(RenderJobId id, IBlobStore blobs, ILogger logger)
{
    // Chunks whose blobs are deleted; after a restart they are deleted once more.
    private readonly HashSet<int> deleted = [];

    // Whether all chunks were looked at for what is obsolete.
    private bool looked;

    /// <summary>What the client has uploaded for this job. Another blob that a request names is not the job's own.</summary>
    internal IEnumerable<string> Uploads(RenderRequest request) =>
        ((string[])[request.ImageBlob, request.AnalyticInit]).Where(blob => InputNames.IsUpload(id, blob) && BlobName.IsName(blob));

    /// <summary>The first upload of a request that is not there, or null.</summary>
    internal async Task<string?> MissingUploadAsync(RenderRequest request)
    {
        foreach (string upload in Uploads(request))
        {
            if (await blobs.GetAsync(upload, new BlobRange(0, 0)) is null) return upload;
        }

        return null;
    }

    /// <summary>Deletes what was uploaded with a request that was refused, or that came a second time.</summary>
    /// <param name="accepted">The request of the accepted job, whose uploads stay; null where there is none.</param>
    internal async Task DeleteUploadsAsync(RenderRequest request, RenderRequest? accepted)
    {
        foreach (string upload in Uploads(request).Except(accepted is null ? [] : Uploads(accepted)))
        {
            try
            {
                _ = await blobs.DeleteAsync(upload);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The client waits for its answer, whatever becomes of the upload.
                LogUploadNotDeleted(error, id, upload);
            }
        }
    }

    internal Task MarkUnfinishedAsync() => blobs.PutAsync(BlobNames.Unfinished(id), ReadOnlyMemory<byte>.Empty);

    /// <summary>Whether what follows the job's end is still to be done.</summary>
    internal async Task<bool> IsMarkedAsync() => await blobs.GetAsync(BlobNames.Unfinished(id)) is not null;

    /// <summary>Stores the job's entry in the index.</summary>
    internal Task AddToIndexAsync(string tenant, DateTimeOffset createdAt) =>
        blobs.PutAsync(BlobNames.Index(id, tenant, createdAt), ReadOnlyMemory<byte>.Empty);

    /// <summary>The job's entry in the index, found by its id alone; null when there is none.</summary>
    internal async Task<IndexEntry?> FindInIndexAsync(CancellationToken cancellationToken)
    {
        await foreach (string name in blobs.ListAsync(BlobNames.IndexPrefix, cancellationToken))
        {
            if (IndexEntry.Of(name) is { } entry && entry.Job == id) return entry;
        }

        return null;
    }

    /// <summary>Deletes all chunks' results.</summary>
    internal async Task DeleteWorkAsync()
    {
        await DeleteAsync(blobs.ListAsync(BlobNames.Work(id)));
        // Another plan's chunks have the same numbers.
        deleted.Clear();
        looked = false;
    }

    /// <summary>
    /// Deletes what nobody needs after the job's end; what a failed job has rendered is kept for another try. The mark goes
    /// last, so that the reconciler repeats a deletion that was broken off.
    /// </summary>
    internal async Task TidyAsync(JobState state)
    {
        if (state != JobState.Failed) await DeleteAsync(blobs.ListAsync(BlobNames.Work(id)));
        _ = await blobs.DeleteAsync(BlobNames.Unfinished(id));
    }

    /// <summary>Deletes every blob of the job but its state.</summary>
    /// <param name="index">
    /// The job's entry in the index, last: a deletion that is broken off leaves a job that can be deleted again. Null when
    /// there is none.
    /// </param>
    internal async Task DeleteAllAsync(string? index)
    {
        await DeleteAsync(blobs.ListAsync(BlobNames.Job(id)));
        _ = await blobs.DeleteAsync(BlobNames.Unfinished(id));
        if (index is not null) _ = await blobs.DeleteAsync(index);
    }

    /// <summary>
    /// Deletes latents that nothing needs any more, so that storage does not grow with the steps. What could not be deleted
    /// goes with the job.
    /// </summary>
    /// <param name="since">What has become so since the last call; the first one of an activation looks at all chunks.</param>
    internal async Task DeleteObsoleteAsync(RenderJobState state, IEnumerable<Chunk> since)
    {
        IEnumerable<Chunk> obsolete = looked
            ? since
            : RenderPlanner.Obsolete(state.Plan!, chunk => state.Chunks[chunk].OutputBlob is not null);
        looked = true;
        foreach (Chunk chunk in obsolete.Where(chunk => deleted.Add(chunk.Index)))
            _ = await blobs.DeleteAsync(state.Chunks[chunk.Index].OutputBlob!);
    }

    /// <summary>Deletes a chunk's result that cannot be read.</summary>
    internal async Task DeleteCorruptAsync(int chunk, string blob)
    {
        _ = deleted.Remove(chunk);
        _ = await blobs.DeleteAsync(blob);
    }

    /// <summary>Bytes of the uploads and of what was made of them, without work that can be made again.</summary>
    internal async Task<long> StoredBytesAsync()
    {
        long bytes = 0;
        await foreach (string name in blobs.ListAsync(BlobNames.Job(id)))
        {
            if (name.StartsWith(BlobNames.Work(id), StringComparison.Ordinal)) continue;
            bytes += (await blobs.GetAsync(name, new BlobRange(0, 0)))?.Length ?? 0;
        }

        return bytes;
    }

    internal async Task DeleteAsync(params IReadOnlyList<string> names)
    {
        foreach (string name in names) _ = await blobs.DeleteAsync(name);
    }

    private async Task DeleteAsync(IAsyncEnumerable<string> names)
    {
        await foreach (string name in names) _ = await blobs.DeleteAsync(name);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: refused, and its upload {Blob} could not be deleted")]
    private partial void LogUploadNotDeleted(Exception error, RenderJobId job, string blob);
}
