using Cil.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Media;

/// <summary>A blob as an answer, in parts where parts are asked for.</summary>
internal static class BlobFile
{
    /// <summary>Piece by piece; null when there is none of that name.</summary>
    internal static async Task<IResult?> OpenAsync(IBlobStore blobs, string name, CancellationToken cancellationToken) =>
        await blobs.GetAsync(name, new BlobRange(0, 0), cancellationToken) is { } found
            ? Results.Stream(new BlobStream(blobs, name, found), ContentType(name), enableRangeProcessing: true, entityTag: Tag(found))
            : null;

    /// <summary>In one piece, for what is small and may be replaced while it is read; null when there is none of that name.</summary>
    internal static async Task<IResult?> ReadAsync(IBlobStore blobs, string name, CancellationToken cancellationToken) =>
        await blobs.GetAsync(name, cancellationToken: cancellationToken) is { } found
            ? Results.Bytes(found.Content, ContentType(name), enableRangeProcessing: true, entityTag: Tag(found))
            : null;

    // Stores give theirs with quotes or without.
    private static EntityTagHeaderValue Tag(Blob blob) => new($"\"{blob.ETag.Trim('"')}\"");

    private static string ContentType(string blob) => Path.GetExtension(blob) switch
    {
        ".mp4" => "video/mp4",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".png" => "image/png",
        ".jpg" => "image/jpeg",
        _ => "application/octet-stream",
    };
}
