using Cil.Api.Http;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Media;

/// <summary>What a job makes, in parts where a player asks for parts.</summary>
internal static class MediaRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs/{id}/video", (string id, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
            id, client, "video", job => job.VideoBlob, blob => VideoAsync(blobs, blob, token)));
        api.MapGet("/jobs/{id}/poster", (string id, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
            id, client, "poster", job => job.PosterBlob, blob => PictureAsync(blobs, blob, token)));
        api.MapGet("/jobs/{id}/preview", (string id, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
            id, client, "preview", job => job.PreviewBlob, blob => PictureAsync(blobs, blob, token)));
    }

    private static async Task<IResult> SendAsync(string id, ICilClient client, string kind, Func<JobSnapshot, string?> choose, Func<string, Task<IResult?>> read)
    {
        if (CilApi.Id(id) is not { } job || await client.GetAsync(job) is not { } snapshot) return CilApi.NotFound($"job '{id}' is not there");
        if (choose(snapshot) is not { } blob) return CilApi.NotFound($"job '{id}' has no {kind} yet: it is {snapshot.State}");
        return await read(blob) ?? CilApi.NotFound($"job '{id}' has no {kind} any more");
    }

    private static async Task<IResult?> VideoAsync(IBlobStore blobs, string blob, CancellationToken cancellationToken) =>
        await blobs.GetAsync(blob, new BlobRange(0, 0), cancellationToken) is { } found
            ? Results.Stream(new BlobStream(blobs, blob, found), ContentType(blob), enableRangeProcessing: true, entityTag: Tag(found))
            : null;

    // A picture is small, and a preview is replaced while it is looked at: it is read in one piece.
    private static async Task<IResult?> PictureAsync(IBlobStore blobs, string blob, CancellationToken cancellationToken) =>
        await blobs.GetAsync(blob, cancellationToken: cancellationToken) is { } found
            ? Results.Bytes(found.Content, ContentType(blob), enableRangeProcessing: true, entityTag: Tag(found))
            : null;

    // Stores give theirs with quotes or without.
    private static EntityTagHeaderValue Tag(Blob blob) => new($"\"{blob.ETag.Trim('"')}\"");

    private static string ContentType(string blob) => Path.GetExtension(blob) switch
    {
        ".mp4" => "video/mp4",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };
}
