using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Api.Media;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Cil.Api.Videos.VideoView;

namespace Cil.Api.Videos;

/// <summary>The Videos API that many clients speak: the grid's jobs under other names.</summary>
internal static class VideoRoutes
{
    private const int MostListed = 100, StandardListed = 20;
    private const string PollHeader = "openai-poll-after-ms", PollAfter = "1000",
        Limit = "limit", After = "after", Order = "order", Variant = "variant";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/v1");
        api.RequireAuthorization(Scope.Read).AddEndpointFilter(NameFieldsAsync);
        api.MapRead(
            "/models",
            (IModelList models) => Json(new VideoList<VideoModel>(
                [.. models.Models.Select(model => new VideoModel(model.Name))], models.Models[0].Name, models.Models[^1].Name, false)))
            .Describe<VideoList<VideoModel>>("listModels", "The models");
        api.MapRead(
            "/models/{id}",
            (string id, IModelList models) => models.Models.Any(model => model.Name == id)
                ? Json(new VideoModel(id))
                : Problem.NotFound($"model '{id}' is not there"))
            .Describe<VideoModel>("retrieveModel", "A model");
        api.MapRead("/videos", ListAsync).Describe<VideoList<VideoObject>>("listVideos", "A page of videos").WithQuery(Limit, After, Order);
        api.MapRead("/videos/{id}", ShowAsync).Describe<VideoObject>("retrieveVideo", "The video as it stands");
        api.MapRead("/videos/{id}/content", ContentAsync)
            .Describe("downloadVideo", "The file, a thumbnail or a spritesheet (variant)", contentType: "video/mp4")
            .WithQuery(Variant);
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        IEnumerable<(string, string)> fields = VideoRequest.Names.Select(name => (name, VideoRequest.Describe(name)));
        render.MapPost("/videos", VideoSubmissions.CreateAsync)
            .DisableAntiforgery()
            .Describe<VideoObject>("createVideo", "Begins a video from a picture and a prompt")
            .WithForm(fields, [VideoFields.Reference]);
        render.MapPost("/videos/{id}/remix", VideoSubmissions.RemixAsync)
            .DisableAntiforgery()
            .Describe<VideoObject>("remixVideo", "Begins a video from another one's picture")
            .WithForm(fields, []);
        render.MapPost("/videos/extensions", VideoSubmissions.ExtendAsync)
            .DisableAntiforgery()
            .Describe<VideoObject>("extendVideo", "Begins a video from another one's last frame")
            .WithForm(fields.Append(("video[id]", "the video to go on with")), []);
        render.MapDelete("/videos/{id}", DeleteAsync).Describe<VideoDeleted>("deleteVideo", "Cancels it if it is not over, and removes it");
        // What others have and this service has not.
        foreach (string other in (string[])["/videos/edits", "/videos/characters"])
            _ = render.MapPost(other, () => Problem.Of(StatusCodes.Status404NotFound)).ExcludeFromDescription();
    }

    // The grid's errors name its own fields.
    private static async ValueTask<object?> NameFieldsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RequestRefusedException refused)
        {
            return Problem.Refused([.. refused.Faults.Select(VideoRequest.Named)]);
        }
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, VideoServices services, CancellationToken cancellationToken)
    {
        if (await JobRoutes.OwnAsync(http, services.Client, id) is not { } job) return NotThere(id);
        http.Response.Headers[PollHeader] = PollAfter;
        return Json(Show(job, await VideoRecord.ReadAsync(services.Blobs, job.Id, cancellationToken), services.Models.Models));
    }

    private static async Task<IResult> ListAsync(HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, Limit, After, Order);
        int limit = reader.Whole(Limit, 0, MostListed, StandardListed);
        JobSnapshot? after = null;
        if (reader.Text(After) is { } last && (after = await JobRoutes.OwnAsync(http.HttpContext, services.Client, last)) is null)
            reader.Add(After, $"video '{last}' is not there");
        bool oldestFirst = reader.Choice(Order, "desc", "asc") == "asc";
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        var query = new JobQuery
        {
            Tenant = Caller.Of(http.HttpContext).Tenant, From = after is null ? null : JobCursor.Of(after),
            Limit = limit + 1, OldestFirst = oldestFirst,
        };
        IReadOnlyList<JobSnapshot> jobs = await services.Client.ListAsync(query, cancellationToken);
        VideoRecord?[] records = await Task.WhenAll(
            jobs.Take(limit).Select(job => VideoRecord.ReadAsync(services.Blobs, job.Id, cancellationToken)));
        VideoObject[] data = [.. jobs.Take(limit).Zip(records, (job, record) => Show(job, record, services.Models.Models))];
        return Json(new VideoList<VideoObject>(data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, jobs.Count > limit));
    }

    private static async Task<IResult> ContentAsync(
        string id, HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, Variant);
        string variant = reader.Choice(Variant, "video", "thumbnail", "spritesheet");
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        if (job.VideoBlob is not { } video || job.PosterBlob is not { } poster)
            return Problem.NotFound($"video '{id}' is not ready: it is {Status(job)}");
        if (variant == "video") return await BlobFile.OpenAsync(services.Blobs, video, cancellationToken) ?? NotThere(id);
        if (await services.Blobs.GetAsync(variant == "thumbnail" ? poster : video, cancellationToken: cancellationToken) is not { } file)
            return NotThere(id);
        bool isThumbnail = variant == "thumbnail";
        byte[]? made = await ToolAsync(
            () => isThumbnail
                ? services.Tools.ThumbnailAsync(file.Content, cancellationToken)
                : services.Tools.SpritesheetAsync(file.Content, job.Frames, cancellationToken));
        return made is null
            ? Problem.NotFound($"video '{id}' has no {variant}: its stored file is damaged")
            : Results.Bytes(made, isThumbnail ? "image/webp" : "image/jpeg", enableRangeProcessing: true);
    }

    // Cancels what runs: this face has no other way to.
    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ICilClient client) =>
        await JobRoutes.OwnAsync(http, client, id) is { } job && await client.DeleteAsync(job.Id)
            ? Json(new VideoDeleted(id))
            : NotThere(id);
}
