using Polly;

namespace Cil.Storage;

/// <summary>
/// Tries a store again. What fails for a moment is tried again; a put that failed may have happened all the
/// same, or have happened twice, so that a conflict is looked into: what is there already may be our own.
/// </summary>
/// <param name="pauses">Before each further attempt; null for three in two seconds, which is as long as a grain's turn may wait.</param>
public sealed class RetryingBlobStore(IBlobStore blobs, TimeProvider clock, IReadOnlyList<TimeSpan>? pauses = null) : IBlobStore
{
    private static readonly TimeSpan[] Standard =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(1700)];

    private readonly IReadOnlyList<TimeSpan> pauses = pauses ?? Standard;

    private readonly ResiliencePipeline pipeline = StorageRetry.Build(pauses ?? Standard, clock);

    public Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default) =>
        TryAsync(
            async () =>
            {
                try
                {
                    return await blobs.PutAsync(name, content, condition, cancellationToken);
                }
                catch (BlobConflictException)
                {
                    // Also the first time: something between may have sent the request twice.
                    if (await blobs.GetAsync(name, cancellationToken: cancellationToken) is { } there
                        && there.Content.Span.SequenceEqual(content.Span))
                    {
                        return there.ETag;
                    }

                    throw;
                }
            },
            cancellationToken);

    public Task<string> PutStreamAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        long start = content.Position;
        return TryAsync(
            () =>
            {
                content.Position = start;
                return blobs.PutStreamAsync(name, content, cancellationToken);
            },
            cancellationToken);
    }

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default) =>
        TryAsync(() => blobs.GetAsync(name, range, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<string> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Begun anew, a list may differ from what was given already: names come in order, so it goes on behind the last.
        string? last = null;
        int attempt = 0;
        while (true)
        {
            await using IAsyncEnumerator<string> names = blobs.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
            bool failed = false;
            while (true)
            {
                try
                {
                    if (!await names.MoveNextAsync()) break;
                }
                catch (IOException) when (attempt < pauses.Count)
                {
                    failed = true;
                    break;
                }

                if (last is not null && string.CompareOrdinal(names.Current, last) <= 0) continue;
                yield return last = names.Current;
            }

            if (!failed) yield break;
            await Task.Delay(pauses[attempt++], clock, cancellationToken);
        }
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        bool again = false;
        return await TryAsync(
            async () =>
            {
                // Gone after a deletion that failed: that was ours.
                bool mayBeGone = again;
                again = true;
                return await blobs.DeleteAsync(name, cancellationToken) || mayBeGone;
            },
            cancellationToken);
    }

    private Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        pipeline.ExecuteAsync(static async (call, _) => await call(), call, cancellationToken).AsTask();
}
