using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Blob = Cil.Storage.Blob;

namespace Cil.Storage;

/// <summary>Blobs in one container of Azure Blob Storage.</summary>
public sealed class AzureBlobStore : IBlobStore
{
    // What a list's page of 5,000 names is taken to have: a few hundred bytes each.
    private const int PageBytes = 2 << 20;

    // One piece of an upload after the other: several uploads at once are to take little memory.
    private static readonly Azure.Storage.StorageTransferOptions InPieces = new()
    {
        InitialTransferSize = 4 << 20, MaximumTransferSize = 4 << 20, MaximumConcurrency = 1,
    };

    private readonly BlobContainerClient container;
    private readonly StorageRequests requests;

    private AzureBlobStore(BlobContainerClient container, StorageRequests requests) =>
        (this.container, this.requests) = (container, requests);

    /// <summary>Opens a container, made if it is not there.</summary>
    /// <param name="connection">The connection string of a storage account.</param>
    /// <param name="timeout">How long one request may take, and a second more for each mebibyte that it carries; null for 5 s.</param>
    /// <exception cref="IOException">The service cannot be reached or refuses, for some seconds.</exception>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public static async Task<AzureBlobStore> OpenAsync(
        string connection, string container, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        // The SDK would try again by itself, and a put that has happened would then be told as a conflict with somebody else:
        // RetryingBlobStore tries again, and knows.
        var options = new BlobClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = Timeout.InfiniteTimeSpan } };
        var client = new BlobContainerClient(connection, container, options);
        var requests = new StorageRequests(timeout, Refusal);
        await requests.OpenAsync(container, limit => client.CreateIfNotExistsAsync(cancellationToken: limit), cancellationToken);
        return new AzureBlobStore(client, requests);
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        var conditions = new BlobRequestConditions();
        if (condition.IfAbsent) conditions.IfNoneMatch = ETag.All;
        if (condition.IfMatch is { } wanted) conditions.IfMatch = new ETag(wanted);
        BlobClient blob = Client(name);
        return await requests.CallAsync(
            name,
            async limit =>
            {
                try
                {
                    Response<BlobContentInfo> stored = await blob.UploadAsync(
                        BinaryData.FromBytes(content), new BlobUploadOptions { Conditions = conditions }, limit);
                    return stored.Value.ETag.ToString();
                }
                catch (RequestFailedException refused)
                    when (refused.Status is 409 or 412 || (refused.Status == 404 && condition.IfMatch is not null))
                {
                    throw new BlobConflictException(
                        $"{name}: expected {(condition.IfMatch is { } etag ? $"ETag {etag}" : "no blob")}, found another: "
                            + $"{refused.ErrorCode}",
                        refused);
                }
            },
            cancellationToken,
            content.Length);
    }

    public Task<string> PutStreamAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
        return requests.CallAsync(
            name,
            async limit => (await blob.UploadAsync(
                content, new BlobUploadOptions { TransferOptions = InPieces }, limit)).Value.ETag.ToString(),
            cancellationToken,
            content.Length - content.Position);
    }

    public async Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
        // The service refuses a range of no bytes, and one behind the end.
        if (range is { Count: 0 }) return await WithoutContentAsync(name, blob, cancellationToken);
        var options = new BlobDownloadOptions { Range = range is { } part ? new HttpRange(part.Offset, part.Count) : default };
        BlobDownloadStreamingResult answer;
        try
        {
            answer = await requests.CallAsync(
                name, async limit => (await blob.DownloadStreamingAsync(options, limit)).Value, cancellationToken);
        }
        catch (IOException refused) when (refused.InnerException is RequestFailedException { Status: 404 })
        {
            return null;
        }
        catch (IOException refused) when (refused.InnerException is RequestFailedException { Status: 416 })
        {
            return await WithoutContentAsync(name, blob, cancellationToken);
        }

        using (answer)
        {
            BlobDownloadDetails details = answer.Details;
            byte[] content = new byte[details.ContentLength];
            _ = await requests.CallAsync(
                name, async limit => await answer.Content.ReadAtLeastAsync(content, content.Length, cancellationToken: limit),
                cancellationToken, content.Length);
            return new Blob(content, details.ETag.ToString(), WholeLength(details));
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? next = null;
        do
        {
            Page<BlobItem> page = await requests.CallAsync(prefix, limit => PageAsync(prefix, next, limit), cancellationToken, PageBytes);
            foreach (BlobItem item in page.Values)
            {
                // Others may have put something into the container.
                if (BlobName.IsName(item.Name)) yield return item.Name;
            }

            next = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
        return await requests.CallAsync(name, limit => blob.DeleteIfExistsAsync(cancellationToken: limit), cancellationToken);
    }

    // Its whole message is many lines of headers.
    private static string? Refusal(Exception error) => error is RequestFailedException refused
        ? refused.ErrorCode ?? (refused.Status > 0 ? $"HTTP {refused.Status}" : refused.Message.Split('\n', 2)[0])
        : null;

    private async Task<Page<BlobItem>> PageAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        await using IAsyncEnumerator<Page<BlobItem>> pages = container.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, prefix, cancellationToken)
            .AsPages(after)
            .GetAsyncEnumerator(cancellationToken);
        // There is a page, if an empty one, wherever there is a container.
        _ = await pages.MoveNextAsync();
        return pages.Current;
    }

    private Task<Blob?> WithoutContentAsync(string name, BlobClient blob, CancellationToken cancellationToken) => requests.CallAsync(
        name,
        async limit =>
        {
            try
            {
                BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: limit);
                return new Blob(ReadOnlyMemory<byte>.Empty, properties.ETag.ToString(), properties.ContentLength);
            }
            catch (RequestFailedException refused) when (refused.Status == 404)
            {
                return null;
            }
        },
        cancellationToken);

    private static long WholeLength(BlobDownloadDetails details)
    {
        // A ranged answer carries "bytes 0-9/123"; a whole one carries no range.
        string? range = details.ContentRange;
        return range is null
            ? details.ContentLength
            : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }

    private BlobClient Client(string name) => container.GetBlobClient(BlobName.Check(name));
}
