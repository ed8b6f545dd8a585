using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cil.Storage;

/// <summary>Makes a client for a service that speaks S3, and its bucket.</summary>
internal static class S3Client
{
    // What services other than AWS are asked for where no region is said.
    private const string AnyRegion = "us-east-1";

    /// <param name="keys">Null for those that the SDK finds.</param>
    internal static AmazonS3Client Create(S3Location location, AWSCredentials? keys) =>
        keys is null ? new AmazonS3Client(Configuration(location)) : new AmazonS3Client(keys, Configuration(location));

    /// <summary>Makes a bucket that is not there.</summary>
    internal static async Task<bool> CreateIfAbsentAsync(AmazonS3Client client, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            _ = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 }, cancellationToken);
        }
        catch (AmazonS3Exception refused) when (refused.StatusCode == HttpStatusCode.NotFound)
        {
            try
            {
                _ = await client.PutBucketAsync(bucket, cancellationToken);
            }
            catch (AmazonS3Exception taken) when (taken.ErrorCode == "BucketAlreadyOwnedByYou")
            {
                // Another silo has made it meanwhile.
            }
        }

        return true;
    }

    private static AmazonS3Config Configuration(S3Location location)
    {
        var configuration = new AmazonS3Config
        {
            // The SDK would try again by itself, and a put that has happened would then be told as a conflict with somebody else:
            // RetryingBlobStore tries again, and knows.
            MaxErrorRetry = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            // Other services do not know the checksums that AWS has added; the content's hash in the signature is checked by all.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (location.Endpoint is { } endpoint)
        {
            configuration.ServiceURL = endpoint.ToString();
            configuration.AuthenticationRegion = location.Region ?? AnyRegion;
            // The bucket in a host's name would need a certificate and a name for each.
            configuration.ForcePathStyle = true;
        }
        else if (location.Region is { } region)
        {
            configuration.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }

        return configuration;
    }
}
