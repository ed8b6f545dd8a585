namespace Cil.Storage;

/// <summary>
/// Named pieces of data. Names are '/'-separated parts of letters, digits, '-', '_' and '.'; no part is '.' or '..'.
/// A put is all or nothing: a reader sees the old content or the new.
/// </summary>
public interface IBlobStore
{
    /// <summary>Stores content under a name.</summary>
    /// <returns>The new ETag: another one for other bytes. For the bytes that were there already it may be the old one (S3).</returns>
    /// <exception cref="BlobConflictException">The condition does not hold.</exception>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores what a stream holds from its place to its end, piece by piece; in the memory of one piece where the store can.
    /// </summary>
    /// <param name="content">One that can be sought: what is tried again is read again.</param>
    /// <returns>The new ETag.</returns>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    async Task<string> PutStreamAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        byte[] bytes = new byte[content.Length - content.Position];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return await PutAsync(name, bytes, cancellationToken: cancellationToken);
    }

    /// <summary>The content with its ETag, or null when there is none of that name.</summary>
    /// <param name="range">The part wanted; null for all. A range beyond the end gives what is there.</param>
    Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default);

    /// <summary>Names that begin so, in ordinal order. What is there under something that is no blob's name is left out.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Removes a blob; false when there was none.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
