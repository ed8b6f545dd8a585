using Cil.Storage;

namespace Cil.TestKit.Storage;

/// <summary>A store that fails now and then, before it has done what it was asked or after, and never twice in a row.</summary>
internal sealed class UnsteadyBlobStore(IBlobStore blobs, int seed) : IBlobStore
{
    private readonly Random random = new(seed);
    private bool failedLast;

    /// <summary>
    /// What <see cref="RetryingBlobStore"/> is to wait: a store that fails a third of the time needs more attempts than the
    /// usual ones.
    /// </summary>
    internal static TimeSpan[] Pauses { get; } = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(1), 30)];

    /// <summary>Faults so far.</summary>
    internal int Faults { get; private set; }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        Fault("put");
        string etag = await blobs.PutAsync(name, content, condition, cancellationToken);
        Fault("the answer to a put");
        return etag;
    }

    public async Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        Fault("get");
        return await blobs.GetAsync(name, range, cancellationToken);
    }

    public async IAsyncEnumerable<string> ListAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (string name in blobs.ListAsync(prefix, cancellationToken))
        {
            Fault("list");
            yield return name;
        }
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        bool was = await blobs.DeleteAsync(name, cancellationToken);
        // Of a deletion that was not answered nobody can tell whether there was anything.
        if (was) Fault("the answer to a deletion");
        return was;
    }

    private void Fault(string what)
    {
        lock (random)
        {
            failedLast = !failedLast && random.Next(3) == 0;
            if (!failedLast) return;
            Faults++;
        }

        throw new IOException($"{what} was lost");
    }
}
