using Cil.Api.Http;
using Cil.Api.Jobs;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Media;

/// <summary>What a job makes, in parts where a player asks for parts.</summary>
internal static class MediaRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead(
            "/jobs/{id}/video",
            (string id, HttpContext http, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
                id, http, client, "video", job => job.VideoBlob, blob => BlobFile.OpenAsync(blobs, blob, token)))
                    .Describe("getVideo", "The video; ranges are served", contentType: "video/mp4");
        api.MapRead("/jobs/{id}/draft", (string id, HttpContext http, ICilClient client, IBlobStore blobs, CancellationToken token) =>
            SendAsync(id, http, client, "draft", job => job.DraftBlob, blob => BlobFile.OpenAsync(blobs, blob, token)))
            .Describe("getDraft", "The draft of a job that waits for approval, or did; ranges are served", contentType: "video/mp4");
        api.MapRead(
            "/jobs/{id}/poster",
            (string id, HttpContext http, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
                id, http, client, "poster", job => job.PosterBlob, blob => BlobFile.ReadAsync(blobs, blob, token)))
                    .Describe("getPoster", "The poster; ranges are served", contentType: "image/png");
        api.MapRead(
            "/jobs/{id}/preview",
            (string id, HttpContext http, ICilClient client, IBlobStore blobs, CancellationToken token) => SendAsync(
                id, http, client, "preview", job => job.PreviewBlob, blob => BlobFile.ReadAsync(blobs, blob, token)))
                    .Describe("getPreview", "The preview; ranges are served", contentType: "image/png");
        api.MapRead("/jobs/{id}/image", ImageAsync)
            .Describe("getImage", "The picture that it was made from, small", contentType: "image/png");
    }

    private static async Task<IResult> ImageAsync(
        string id, HttpContext http, ICilClient client, IJobDetails details,
        IBlobStore blobs, IPicturePreview preview, CancellationToken token)
    {
        if (await JobRoutes.OwnAsync(http, client, id) is not { } job) return JobRoutes.NotThere(id);
        if (await details.DetailsAsync(job.Id) is not { } known
            || await blobs.GetAsync(known.Request.ImageBlob, cancellationToken: token) is not { } picture
            || await preview.PreviewAsync(picture.Content, token) is not { } png)
        {
            return Problem.NotFound($"job '{id}' has no picture any more");
        }

        http.Response.Headers.CacheControl = "private, max-age=86400";
        http.Response.Headers.Vary = "Authorization, Cookie";
        return Results.Bytes(png, "image/png");
    }

    private static async Task<IResult> SendAsync(
        string id, HttpContext http, ICilClient client, string kind, Func<JobSnapshot, string?> choose, Func<string, Task<IResult?>> read)
    {
        if (await JobRoutes.OwnAsync(http, client, id) is not { } snapshot) return JobRoutes.NotThere(id);
        if (choose(snapshot) is not { } blob) return Problem.NotFound($"job '{id}' has no {kind} yet: it is {snapshot.State}");
        return await read(blob) ?? Problem.NotFound($"job '{id}' has no {kind} any more");
    }
}
