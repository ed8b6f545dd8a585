using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cil.Storage;

/// <summary>
/// Blobs in one bucket of a service that speaks S3 and takes conditions on a put (AWS, Ceph, MinIO). Its ETag is a hash of the
/// content: what is put again unchanged keeps it, and a put on the condition of an ETag is one on the condition of a content.
/// </summary>
public sealed class S3BlobStore : IBlobStore, IDisposable
{
    // What a list's page of 1,000 names is taken to have: a few hundred bytes each.
    private const int PageBytes = 1 << 20;

    // A put that runs into others of the same name is sent again so often: each time one of them has been stored.
    private const int MostRaces = 20;

    private static readonly TimeSpan RacePause = TimeSpan.FromMilliseconds(5);

    private readonly AmazonS3Client client;
    private readonly string bucket;
    private readonly StorageRequests requests;

    private S3BlobStore(AmazonS3Client client, string bucket, StorageRequests requests) =>
        (this.client, this.bucket, this.requests) = (client, bucket, requests);

    /// <summary>Names that the service is asked for at once; null for its own number, 1,000.</summary>
    internal int? NamesPerPage { get; set; }

    /// <summary>Opens a bucket, made if it is not there and the keys may.</summary>
    /// <param name="keys">
    /// Null for those that the SDK finds: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, the role of a pod or
    /// machine.
    /// </param>
    /// <param name="timeout">How long one request may take, and a second more for each mebibyte that it carries; null for 5 s.</param>
    /// <exception cref="IOException">The service cannot be reached or refuses, for some seconds; or there are no keys.</exception>
    public static async Task<S3BlobStore> OpenAsync(
        S3Location location, AWSCredentials? keys = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var requests = new StorageRequests(timeout, S3Errors.Refusal);
        // Without a region, or keys, its constructor fails.
        AmazonS3Client client = await requests.CallAsync(
            location.Bucket,
            _ => Task.FromResult(S3Client.Create(location, keys)),
            cancellationToken);
        try
        {
            await requests.OpenAsync(
                location.Bucket, limit => S3Client.CreateIfAbsentAsync(client, location.Bucket, limit), cancellationToken);
            return new S3BlobStore(client, location.Bucket, requests);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<string> PutAsync(
        string name, ReadOnlyMemory<byte> content, BlobCondition condition = default, CancellationToken cancellationToken = default)
    {
        string key = BlobName.Check(name);
        for (int race = 1; ; race++)
        {
            try
            {
                using MemoryStream stream = Reading(content);
                return await requests.CallAsync(
                    name, limit => PutOnceAsync(name, key, stream, condition, limit), cancellationToken, content.Length);
            }
            catch (IOException undecided)
                when (condition != default
                    && race < MostRaces
                    && undecided.InnerException is AmazonS3Exception refused
                    && S3Errors.IsRace(refused))
            {
                // The next answer says who has won.
                await Task.Delay(RacePause * race, cancellationToken);
            }
        }
    }

    public Task<string> PutStreamAsync(string name, Stream content, CancellationToken cancellationToken = default)
    {
        string key = BlobName.Check(name);
        // Read twice: for its hash, and to be sent.
        return requests.CallAsync(
            name, limit => PutOnceAsync(name, key, content, default, limit), cancellationToken, content.Length - content.Position);
    }

    public async Task<Blob?> GetAsync(string name, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        string key = BlobName.Check(name);
        // The service refuses a range of no bytes, and one behind the end.
        if (range is { Count: 0 }) return await WithoutContentAsync(name, key, cancellationToken);
        var request = new GetObjectRequest { BucketName = bucket, Key = key };
        // A range that ends at the largest number is one that has no end.
        if (range is { } part)
        {
            request.ByteRange = new ByteRange(
                part.Offset, part.Count > long.MaxValue - part.Offset ? long.MaxValue : part.Offset + part.Count - 1);
        }

        GetObjectResponse answer;
        try
        {
            answer = await requests.CallAsync(name, limit => client.GetObjectAsync(request, limit), cancellationToken);
        }
        catch (IOException refused) when (refused.InnerException is AmazonS3Exception reason && S3Errors.IsAbsent(reason))
        {
            return null;
        }
        catch (IOException refused)
            when (refused.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable })
        {
            return await WithoutContentAsync(name, key, cancellationToken);
        }

        using (answer)
        {
            byte[] content = new byte[answer.ContentLength];
            _ = await requests.CallAsync(
                name,
                async limit =>
                {
                    await answer.ResponseStream.ReadExactlyAsync(content, limit);
                    return true;
                },
                cancellationToken,
                content.Length);
            return new Blob(content, Unquoted(answer.ETag), WholeLength(answer));
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Names come in the order of their bytes.
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request
            {
                BucketName = bucket, Prefix = prefix, ContinuationToken = next, MaxKeys = NamesPerPage,
            };
            ListObjectsV2Response page = await requests.CallAsync(
                prefix, limit => client.ListObjectsV2Async(request, limit), cancellationToken, PageBytes);
            foreach (S3Object item in page.S3Objects ?? [])
            {
                // Others may have put something into the bucket.
                if (BlobName.IsName(item.Key)) yield return item.Key;
            }

            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <summary>
    /// Removes a blob. The service does not say whether there was one, so that it is asked before: of two that delete at once
    /// both may be told that there was.
    /// </summary>
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        string key = BlobName.Check(name);
        if (await WithoutContentAsync(name, key, cancellationToken) is null) return false;
        _ = await requests.CallAsync(name, limit => client.DeleteObjectAsync(bucket, key, limit), cancellationToken);
        return true;
    }

    public void Dispose() => client.Dispose();

    private async Task<string> PutOnceAsync(
        string name, string key, Stream content, BlobCondition condition, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            AutoResetStreamPosition = false,
            // The whole content is hashed before it is sent, and the service checks it; chunks with hashes of their own are not
            // understood by every service.
            UseChunkEncoding = false,
            IfMatch = condition.IfMatch,
            IfNoneMatch = condition.IfAbsent ? "*" : null,
        };
        try
        {
            return Unquoted((await client.PutObjectAsync(request, cancellationToken)).ETag);
        }
        catch (AmazonS3Exception refused)
            when (refused.StatusCode == HttpStatusCode.PreconditionFailed || (S3Errors.IsAbsent(refused) && condition.IfMatch is not null))
        {
            throw new BlobConflictException(
                $"{name}: expected {(condition.IfMatch is { } etag ? $"ETag {etag}" : "no blob")}, found another: {refused.ErrorCode}",
                refused);
        }
    }

    private Task<Blob?> WithoutContentAsync(string name, string key, CancellationToken cancellationToken) => requests.CallAsync(
        name,
        async limit =>
        {
            try
            {
                GetObjectMetadataResponse properties = await client.GetObjectMetadataAsync(bucket, key, limit);
                return new Blob(ReadOnlyMemory<byte>.Empty, Unquoted(properties.ETag), properties.ContentLength);
            }
            catch (AmazonS3Exception refused) when (S3Errors.IsAbsent(refused))
            {
                return null;
            }
        },
        cancellationToken);

    private static long WholeLength(GetObjectResponse answer)
    {
        // A ranged answer carries "bytes 0-9/123"; a whole one carries no range.
        string? range = answer.ContentRange;
        return string.IsNullOrEmpty(range)
            ? answer.ContentLength
            : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
    }

    // Some services take a condition only without the quotes that they answer with; none wants them.
    private static string Unquoted(string etag) => etag.Trim('"');

    // Without a copy where the memory is an array, which it is wherever the grid puts something.
    private static MemoryStream Reading(ReadOnlyMemory<byte> content) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
