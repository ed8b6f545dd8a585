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
    private readonly BlobContainerClient container;

    private AzureBlobStore(BlobContainerClient container) => this.container = container;

    /// <summary>Opens a container, made if it is not there.</summary>
    /// <exception cref="RequestFailedException">The service cannot be reached or refuses.</exception>
    public static async Task<AzureBlobStore> OpenAsync(BlobContainerClient container, CancellationToken cancellationToken = default)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new AzureBlobStore(container);
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        var conditions = new BlobRequestConditions();
        if (condition.IfAbsent) conditions.IfNoneMatch = ETag.All;
        if (condition.IfMatch is { } wanted) conditions.IfMatch = new ETag(wanted);
        try
        {
            Response<BlobContentInfo> stored = await Client(name)
                .UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { Conditions = conditions }, cancellationToken);
            return stored.Value.ETag.ToString();
        }
        catch (RequestFailedException refused) when (refused.Status is 409 or 412 || (refused.Status == 404 && condition.IfMatch is not null))
        {
            throw new BlobConflictException($"{name}: expected {(condition.IfMatch is { } etag ? $"ETag {etag}" : "no blob")}, found another: {refused.ErrorCode}", refused);
        }
        catch (RequestFailedException refused)
        {
            throw Unreachable(name, refused);
        }
    }

    public async Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        BlobClient blob = Client(name);
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
        catch (RequestFailedException refused)
        {
            throw Unreachable(name, refused);
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (BlobItem item in container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken)) yield return item.Name;
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        await Client(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    // What the service cannot do now is for its callers as a disk that fails.
    private static IOException Unreachable(string name, RequestFailedException refused) => new($"{name}: {refused.ErrorCode ?? refused.Message}", refused);

    private static long WholeLength(BlobDownloadDetails details)
    {
        // A ranged answer carries "bytes 0-9/123"; a whole one carries no range.
        string? range = details.ContentRange;
        return range is null ? details.ContentLength : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }

    private static async Task<Blob> WithoutContentAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        return new Blob(ReadOnlyMemory<byte>.Empty, properties.ETag.ToString(), properties.ContentLength);
    }

    private BlobClient Client(string name) => container.GetBlobClient(BlobNames.Check(name));
}
