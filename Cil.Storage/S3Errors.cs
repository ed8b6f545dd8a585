using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Cil.Storage;

/// <summary>What the answers of services that speak S3 mean.</summary>
internal static class S3Errors
{
    /// <summary>What an exception of the SDK says; null for any other.</summary>
    internal static string? Refusal(Exception error) => error switch
    {
        BlobConflictException or OperationCanceledException => null,
        AmazonServiceException { ErrorCode: { Length: > 0 } code }
            when !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out _) => code,
        AmazonServiceException { StatusCode: not 0 } refused => $"HTTP {(int)refused.StatusCode}",
        AmazonServiceException or AmazonClientException or HttpRequestException or HttpIOException or EndOfStreamException =>
            error.Message.Split('\n', 2)[0],
        _ => null,
    };

    /// <summary>
    /// Whether there is no such object; a bucket that is not there is something else. The question for an object's properties
    /// is answered without a body, that is without a code.
    /// </summary>
    internal static bool IsAbsent(AmazonS3Exception refused) =>
        refused.StatusCode == HttpStatusCode.NotFound && refused.ErrorCode != "NoSuchBucket";

    /// <summary>
    /// Whether a put was neither done nor refused, since another one of the same name was under way: 409 by AWS; Ceph 16 has
    /// no answer for it.
    /// </summary>
    internal static bool IsRace(AmazonS3Exception refused) =>
        refused.StatusCode == HttpStatusCode.Conflict
            || (refused.StatusCode == HttpStatusCode.InternalServerError && refused.ErrorCode == "UnknownError");
}
