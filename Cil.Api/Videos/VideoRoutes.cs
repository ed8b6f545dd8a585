using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

namespace Cil.Api.Videos;

/// <summary>The Videos API that many clients speak: the grid's jobs under other names.</summary>
internal static class VideoRoutes
{
    private const int MostListed = 100, StandardListed = 20;
    private const string PollHeader = "openai-poll-after-ms", PollAfter = "1000", RetryHeader = "x-stainless-retry-count", Limit = "limit", After = "after", Order = "order", Variant = "variant";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/v1");
        api.RequireAuthorization(Scope.Read).AddEndpointFilter(NameFieldsAsync);
        api.MapRead("/models", (IModelList models) => Json(new VideoList<VideoModel>([.. models.Models.Select(model => new VideoModel(model.Name))], models.Models[0].Name, models.Models[^1].Name, false)))
            .Describe<VideoList<VideoModel>>("listModels", "The models");
        api.MapRead("/models/{id}", (string id, IModelList models) => models.Models.Any(model => model.Name == id) ? Json(new VideoModel(id)) : Problem.NotFound($"model '{id}' is not there"))
            .Describe<VideoModel>("retrieveModel", "A model");
        api.MapRead("/videos", ListAsync).Describe<VideoList<VideoObject>>("listVideos", "A page of videos").WithQuery(Limit, After, Order);
        api.MapRead("/videos/{id}", ShowAsync).Describe<VideoObject>("retrieveVideo", "The video as it stands");
        api.MapRead("/videos/{id}/content", ContentAsync).Describe("downloadVideo", "The file, a thumbnail or a spritesheet (variant)", contentType: "video/mp4").WithQuery(Variant);
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        IEnumerable<(string, string)> fields = VideoRequest.Names.Select(name => (name, "docs/api.md"));
        render.MapPost("/videos", CreateAsync).DisableAntiforgery().Describe<VideoObject>("createVideo", "Begins a video from a picture and a prompt").WithForm(fields, [VideoFields.Reference]);
        render.MapPost("/videos/{id}/remix", RemixAsync).DisableAntiforgery().Describe<VideoObject>("remixVideo", "Begins a video from another one's picture").WithForm(fields, []);
        render.MapPost("/videos/extensions", ExtendAsync).DisableAntiforgery().Describe<VideoObject>("extendVideo", "Begins a video from another one's last frame").WithForm(fields.Append(("video[id]", "the video to go on with")), []);
        render.MapDelete("/videos/{id}", DeleteAsync).Describe<VideoDeleted>("deleteVideo", "Cancels it if it is not over, and removes it");
        // What others have and this service has not.
        foreach (string other in (string[])["/videos/edits", "/videos/characters"]) _ = render.MapPost(other, () => Problem.Of(StatusCodes.Status404NotFound)).ExcludeFromDescription();
    }

    private static IResult Json<T>(T value) => Results.Json(value, VideoJson.Options);

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

    private static async Task<IResult> CreateAsync(HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        using VideoFields fields = await VideoFields.ReadAsync(http, cancellationToken);
        VideoRequest video = VideoRequest.Read(fields.Texts, new RenderRequest { Model = "", Prompt = "" }, services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        return await SubmitAsync(http, services, fields, video, fields.Image, remixedFrom: null, cancellationToken);
    }

    private static async Task<IResult> RemixAsync(string id, HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        using VideoFields fields = await VideoFields.ReadAsync(http, cancellationToken);
        VideoRequest video = VideoRequest.Read(fields.Texts, await StartAsync(services, job, cancellationToken), services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        if (fields.Image is not null) fields.Errors.Add(new RequestError(VideoFields.Reference, "a remix begins with the picture of its video"));
        string? input = await FirstAsync(services.Blobs.ListAsync($"jobs/{job.Id}/input.", cancellationToken));
        if (input is null || await services.Blobs.GetAsync(input, new BlobRange(0, 0), cancellationToken) is not { } found) return Problem.NotFound($"video '{id}' has no picture any more");
        using TemporaryUpload image = await TemporaryUpload.ReceiveAsync(new BlobStream(services.Blobs, input, found), cancellationToken);
        return await SubmitAsync(http, services, fields, video, image, job.Id.Value, cancellationToken);
    }

    private static async Task<IResult> ExtendAsync(HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        const string Source = $"{VideoFields.Video}[id]";
        using VideoFields fields = await VideoFields.ReadAsync(http, cancellationToken);
        if (fields.Texts.GetValueOrDefault(Source) is not { } id) return Problem.Refused(Source, "the id of the video to go on with; nothing was sent");
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        if (job.VideoBlob is not { } blob || job.State != JobState.Completed) return Problem.Refused(Source, $"a completed video, got one that is {Status(job)}");
        if (!blob.EndsWith(".mp4", StringComparison.Ordinal)) return Problem.Refused(Source, "an MP4; this one was made in another format");
        Dictionary<string, string> others = fields.Texts.Where(field => field.Key != Source).ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
        VideoRequest video = VideoRequest.Read(others, await StartAsync(services, job, cancellationToken), services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        if (await services.Blobs.GetAsync(blob, cancellationToken: cancellationToken) is not { } file) return NotThere(id);
        byte[] last = await services.Tools.FrameAsync(file.Content, job.Frames - 1, cancellationToken);
        return await SubmitAsync(http, services, fields, video, Upload.Of(last), job.Id.Value, cancellationToken);
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest http, VideoServices services, VideoFields fields, VideoRequest video, Upload? image, string? remixedFrom, CancellationToken cancellationToken)
    {
        RenderJobId id = await NameAsync(http, services, fields, image, remixedFrom, cancellationToken);
        if (fields.Errors.Count > 0 || image is null)
        {
            IEnumerable<RequestError> others = (await services.Check.CheckAsync(video.Request, image, id, cancellationToken)).Select(VideoRequest.Named);
            return Problem.Refused([.. fields.Errors, .. others.Where(other => !fields.Errors.Exists(known => known.Field == other.Field || known.Field.StartsWith($"{other.Field}[", StringComparison.Ordinal)))]);
        }

        Receipt receipt = await services.Client.SubmitAsync(video.Request, image, id, cancellationToken: cancellationToken);
        VideoRecord? record = VideoRecord.Of(video.Request, video.Seconds, remixedFrom);
        if (receipt.IsNew) await record.WriteAsync(services.Blobs, id, cancellationToken);
        else record = await VideoRecord.ReadAsync(services.Blobs, id, cancellationToken);
        return Json(Show(receipt.Job, record, services.Models.Models));
    }

    private static async Task<RenderJobId> NameAsync(HttpRequest http, VideoServices services, VideoFields fields, Upload? image, string? remixedFrom, CancellationToken cancellationToken)
    {
        if (IdempotencyKey.Of(http, Caller.Of(http.HttpContext).Tenant, fields.Errors) is { } key) return key;
        if (!http.Headers.TryGetValue(RetryHeader, out var count)) return RenderJobId.New();
        var content = new StringBuilder($"{Caller.Of(http.HttpContext).Tenant}\n{http.Path}\n{remixedFrom}\n");
        foreach ((string name, string text) in fields.Sorted()) content.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}{text.Length}:{text}");
        if (image is not null)
        {
            await using Stream picture = image.Open();
            content.Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(picture, cancellationToken)));
        }

        return services.Recent.Name(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString()))), isRepeated: count != "0");
    }

    // What the video was asked for, and its seed as it was drawn; of a job of the native API what is known.
    private static async Task<RenderRequest> StartAsync(VideoServices services, JobSnapshot job, CancellationToken cancellationToken)
    {
        var known = new RenderRequest { Model = job.Model, Prompt = "", Width = job.Width, Height = job.Height, Frames = job.Frames, Steps = job.Steps };
        RenderRequest asked = await VideoRecord.ReadAsync(services.Blobs, job.Id, cancellationToken) is { } record ? JobFields(record) : known;
        return asked with { Prompt = "", Seed = job.Seed };
    }

    private static RenderRequest JobFields(VideoRecord record) => Client.Contracts.JobFields.Read(record.Fields, []);

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
        if (reader.Text(After) is { } last && (after = await JobRoutes.OwnAsync(http.HttpContext, services.Client, last)) is null) reader.Add(After, $"video '{last}' is not there");
        bool oldestFirst = reader.Choice(Order, "desc", "asc") == "asc";
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        var query = new JobQuery { Tenant = Caller.Of(http.HttpContext).Tenant, From = after is null ? null : JobCursor.Of(after), Limit = limit + 1, OldestFirst = oldestFirst };
        IReadOnlyList<JobSnapshot> jobs = await services.Client.ListAsync(query, cancellationToken);
        VideoRecord?[] records = await Task.WhenAll(jobs.Take(limit).Select(job => VideoRecord.ReadAsync(services.Blobs, job.Id, cancellationToken)));
        VideoObject[] data = [.. jobs.Take(limit).Zip(records, (job, record) => Show(job, record, services.Models.Models))];
        return Json(new VideoList<VideoObject>(data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, jobs.Count > limit));
    }

    private static async Task<IResult> ContentAsync(string id, HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(http, Variant);
        string variant = reader.Choice(Variant, "video", "thumbnail", "spritesheet");
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        if (job.VideoBlob is not { } video || job.PosterBlob is not { } poster) return Problem.NotFound($"video '{id}' is not ready: it is {Status(job)}");
        if (variant == "video") return await BlobFile.OpenAsync(services.Blobs, video, cancellationToken) ?? NotThere(id);
        if (await services.Blobs.GetAsync(variant == "thumbnail" ? poster : video, cancellationToken: cancellationToken) is not { } file) return NotThere(id);
        return variant == "thumbnail"
            ? Results.Bytes(await services.Tools.ThumbnailAsync(file.Content, cancellationToken), "image/webp", enableRangeProcessing: true)
            : Results.Bytes(await services.Tools.SpritesheetAsync(file.Content, job.Frames, cancellationToken), "image/jpeg", enableRangeProcessing: true);
    }

    // Cancels what runs: this face has no other way to.
    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ICilClient client) =>
        await JobRoutes.OwnAsync(http, client, id) is { } job && await client.DeleteAsync(job.Id) ? Json(new VideoDeleted(id)) : NotThere(id);

    private static Problem NotThere(string id) => Problem.NotFound($"video '{id}' is not there");

    private static string Status(JobSnapshot job) => job.State switch
    {
        JobState.Completed => "completed",
        JobState.Failed or JobState.Cancelled => "failed",
        JobState.Running => "in_progress",
        _ => "queued",
    };

    private static VideoObject Show(JobSnapshot job, VideoRecord? record, IReadOnlyList<ModelInfo> models)
    {
        int fps = models.FirstOrDefault(model => model.Name == job.Model)?.PlaybackFps ?? 1;
        return new VideoObject
        {
            Id = job.Id.Value,
            Model = job.Model,
            Status = Status(job),
            Progress = job.State == JobState.Completed ? 100 : (90 * job.Step / Math.Max(1, job.Steps)) + (10 * job.FramesDecoded / Math.Max(1, job.Frames)),
            CreatedAt = job.CreatedAt.ToUnixTimeSeconds(),
            CompletedAt = job.State == JobState.Completed ? job.FinishedAt?.ToUnixTimeSeconds() : null,
            ExpiresAt = job.ExpiresAt?.ToUnixTimeSeconds(),
            Prompt = job.Prompt,
            Size = string.Create(CultureInfo.InvariantCulture, $"{job.Width}x{job.Height}"),
            Seconds = record?.Seconds ?? ((double)job.Frames / fps).ToString("0.###", CultureInfo.InvariantCulture),
            RemixedFromVideoId = record?.RemixedFrom,
            Error = job.Error is { } error ? new VideoFailure(error.Code, error.Message) : null,
        };
    }

    private static async Task<string?> FirstAsync(IAsyncEnumerable<string> names)
    {
        await foreach (string name in names) return name;
        return null;
    }
}
