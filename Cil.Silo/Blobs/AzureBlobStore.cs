using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Cil.Grains.Blobs;
using Blob = Cil.Grains.Blobs.Blob;

namespace Cil.Silo.Blobs;

/// <summary>Blobs in one container of Azure Blob Storage.</summary>
public sealed class AzureBlobStore : IBlobStore
{
    // Before each further attempt to open: a service that begins while storage is out of reach for some seconds begins all the same.
    private static readonly TimeSpan[] OpeningPauses = [.. new[] { 0.25, 0.5, 1, 2, 4 }.Select(TimeSpan.FromSeconds)];

    // Of one request: a connection that is alive and silent is given up.
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromSeconds(30);

    private readonly BlobContainerClient container;

    private AzureBlobStore(BlobContainerClient container) => this.container = container;

    /// <summary>Opens a container, made if it is not there.</summary>
    /// <param name="connection">The connection string of a storage account.</param>
    /// <param name="networkTimeout">How long one request may take; null for 30 s.</param>
    /// <exception cref="IOException">The service cannot be reached or refuses, for some seconds.</exception>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public static async Task<AzureBlobStore> OpenAsync(string connection, string container, TimeSpan? networkTimeout = null, CancellationToken cancellationToken = default)
    {
        // The SDK would try again by itself, and a put that has happened would then be told as a conflict with somebody else:
        // PatientBlobStore tries again, and knows.
        var options = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = networkTimeout ?? NetworkTimeout } };
        var client = new BlobContainerClient(connection, container, options);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                _ = await CallAsync(container, () => client.CreateIfNotExistsAsync(cancellationToken: cancellationToken), cancellationToken);
                return new AzureBlobStore(client);
            }
            catch (IOException) when (attempt < OpeningPauses.Length)
            {
                await Task.Delay(OpeningPauses[attempt], cancellationToken);
            }
        }
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        var conditions = new BlobRequestConditions();
        if (condition.IfAbsent) conditions.IfNoneMatch = ETag.All;
        if (condition.IfMatch is { } wanted) conditions.IfMatch = new ETag(wanted);
        BlobClient blob = Client(name);
        return await CallAsync(
            name,
            async () =>
            {
                try
                {
                    Response<BlobContentInfo> stored = await blob.UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { Conditions = conditions }, cancellationToken);
                    return stored.Value.ETag.ToString();
                }
                catch (RequestFailedException refused) when (refused.Status is 409 or 412 || (refused.Status == 404 && condition.IfMatch is not null))
                {
                    throw new BlobConflictException($"{name}: expected {(condition.IfMatch is { } etag ? $"ETag {etag}" : "no blob")}, found another: {refused.ErrorCode}", refused);
                }
            },
            cancellationToken);
    }

    public Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
        return CallAsync(
            name,
            async () =>
            {
                try
                {
                    // The service refuses a range of no bytes.
                    if (range is { Count: 0 }) return await WithoutContentAsync(blob, cancellationToken);
                    var options = new BlobDownloadOptions { Range = range is { } part ? new HttpRange(part.Offset, part.Count) : default };
                    Response<BlobDownloadResult> got = await blob.DownloadContentAsync(options, cancellationToken);
                    BlobDownloadDetails details = got.Value.Details;
                    return new Blob(got.Value.Content.ToMemory(), details.ETag.ToString(), WholeLength(details));
                }
                catch (RequestFailedException refused) when (refused.Status == 404)
                {
                    return null;
                }
                catch (RequestFailedException refused) when (refused.Status == 416)
                {
                    return await WithoutContentAsync(blob, cancellationToken);
                }
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using IAsyncEnumerator<BlobItem> items = container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await CallAsync(prefix, () => items.MoveNextAsync().AsTask(), cancellationToken)) yield return items.Current.Name;
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
        return await CallAsync(name, () => blob.DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);
    }

    // What the service cannot do now is for its callers as a disk that fails.
    private static async Task<T> CallAsync<T>(string name, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException refused)
        {
            // Its whole message is many lines of headers.
            throw new IOException($"{name}: the storage service says {refused.ErrorCode ?? (refused.Status > 0 ? $"HTTP {refused.Status}" : refused.Message.Split('\n', 2)[0])}", refused);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{name}: the storage service did not answer in time", late);
        }
    }

    private static long WholeLength(BlobDownloadDetails details)
    {
        // A ranged answer carries "bytes 0-9/123"; a whole one carries no range.
        string? range = details.ContentRange;
        return range is null ? details.ContentLength : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }

    private static async Task<Blob?> WithoutContentAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return new Blob(ReadOnlyMemory<byte>.Empty, properties.ETag.ToString(), properties.ContentLength);
        }
        catch (RequestFailedException refused) when (refused.Status == 404)
        {
            return null;
        }
    }

    private BlobClient Client(string name) => container.GetBlobClient(BlobNames.Check(name));
}
