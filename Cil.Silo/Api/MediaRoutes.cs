using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Silo.Api;

/// <summary>What a job makes, in parts where a player asks for parts.</summary>
internal static class MediaRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/jobs/{id}/video", (string id, ICilClient client, CancellationToken token) => SendAsync(id, client, "video", job => job.VideoBlob, token));
        api.MapGet("/jobs/{id}/poster", (string id, ICilClient client, CancellationToken token) => SendAsync(id, client, "poster", job => job.PosterBlob, token));
        api.MapGet("/jobs/{id}/preview", (string id, ICilClient client, CancellationToken token) => SendAsync(id, client, "preview", job => job.PreviewBlob, token));
    }

    private static async Task<IResult> SendAsync(string id, ICilClient client, string kind, Func<JobSnapshot, string?> choose, CancellationToken cancellationToken)
    {
        if (CilApi.Id(id) is not { } job || await client.GetAsync(job) is not { } snapshot) return CilApi.NotFound($"job '{id}' is not there");
        if (choose(snapshot) is not { } blob) return CilApi.NotFound($"job '{id}' has no {kind} yet: it is {snapshot.State}");
        try
        {
            byte[] content = await client.DownloadAsync(blob, cancellationToken);
            return Results.Bytes(content, ContentType(blob), enableRangeProcessing: true);
        }
        catch (FileNotFoundException)
        {
            return CilApi.NotFound($"job '{id}' has no {kind} any more");
        }
    }

    private static string ContentType(string blob) => Path.GetExtension(blob) switch
    {
        ".mp4" => "video/mp4",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };
}
