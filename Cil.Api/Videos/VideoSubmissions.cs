using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.AspNetCore.Http;
using static Cil.Api.Videos.VideoView;

namespace Cil.Api.Videos;

/// <summary>Videos that are begun: from a picture, from another one's picture, from another one's last frame.</summary>
internal static class VideoSubmissions
{
    private const string RetryHeader = "x-stainless-retry-count";

    internal static async Task<IResult> CreateAsync(HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        using VideoFields fields = await VideoFields.ReadAsync(http, services.Fetcher, cancellationToken);
        VideoRequest video = VideoRequest.Read(
            fields.Texts, new RenderRequest { Model = "", Prompt = "" },
            services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        return await SubmitAsync(http, services, fields, video, fields.Image, remixedFrom: null, cancellationToken);
    }

    internal static async Task<IResult> RemixAsync(string id, HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        using VideoFields fields = await VideoFields.ReadAsync(http, services.Fetcher, cancellationToken);
        VideoRequest video = VideoRequest.Read(
            fields.Texts, await StartAsync(services, job, cancellationToken),
            services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        if (fields.Image is not null)
            fields.Errors.Add(new RequestError(VideoFields.Reference, "a remix begins with the picture of its video"));
        string? input = await FirstAsync(services.Blobs.ListAsync($"jobs/{job.Id}/input.", cancellationToken));
        if (input is null || await services.Blobs.GetAsync(input, new BlobRange(0, 0), cancellationToken) is not { } found)
            return Problem.NotFound($"video '{id}' has no picture any more");
        using TemporaryUpload image = await TemporaryUpload.ReceiveAsync(new BlobStream(services.Blobs, input, found), cancellationToken);
        return await SubmitAsync(http, services, fields, video, image, job.Id.Value, cancellationToken);
    }

    internal static async Task<IResult> ExtendAsync(HttpRequest http, VideoServices services, CancellationToken cancellationToken)
    {
        const string Source = $"{VideoFields.Video}[id]";
        using VideoFields fields = await VideoFields.ReadAsync(http, services.Fetcher, cancellationToken);
        if (fields.Texts.GetValueOrDefault(Source) is not { } id)
            return Problem.Refused(Source, "the id of the video to go on with; nothing was sent");
        if (await JobRoutes.OwnAsync(http.HttpContext, services.Client, id) is not { } job) return NotThere(id);
        if (job.VideoBlob is not { } blob || job.State != JobState.Completed)
            return Problem.Refused(Source, $"a completed video, got one that is {Status(job)}");
        if (!blob.EndsWith(".mp4", StringComparison.Ordinal)) return Problem.Refused(Source, "an MP4; this one was made in another format");
        Dictionary<string, string> others = fields.Texts.Where(field => field.Key != Source)
            .ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal);
        VideoRequest video = VideoRequest.Read(
            others, await StartAsync(services, job, cancellationToken), services.Models.Models, Caller.Of(http.HttpContext), fields.Errors);
        if (await services.Blobs.GetAsync(blob, cancellationToken: cancellationToken) is not { } file) return NotThere(id);
        if (await ToolAsync(() => services.Tools.FrameAsync(file.Content, job.Frames - 1, cancellationToken)) is not { } last)
            return Problem.Refused(Source, "its stored file is damaged");
        return await SubmitAsync(http, services, fields, video, Upload.Of(last), job.Id.Value, cancellationToken);
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest http, VideoServices services, VideoFields fields, VideoRequest video,
        Upload? image, string? remixedFrom, CancellationToken cancellationToken)
    {
        RenderJobId id = await NameAsync(http, services, fields, image, remixedFrom, cancellationToken);
        if (fields.Errors.Count > 0 || image is null)
        {
            IEnumerable<RequestError> others = (await services.Check.CheckAsync(video.Request, image, id, cancellationToken))
                .Select(VideoRequest.Named);
            return Problem.Refused(
                [
                    .. fields.Errors,
                    .. others.Where(
                        other => !fields.Errors.Exists(
                            known => known.Field == other.Field || known.Field.StartsWith($"{other.Field}[", StringComparison.Ordinal))),
                ]);
        }

        Receipt receipt = await services.Client.SubmitAsync(video.Request, image, id, cancellationToken: cancellationToken);
        VideoRecord? record = VideoRecord.Of(video.Request, video.Seconds, remixedFrom);
        if (receipt.IsNew) await record.WriteAsync(services.Blobs, id, cancellationToken);
        else record = await VideoRecord.ReadAsync(services.Blobs, id, cancellationToken);
        return Json(Show(receipt.Job, record, services.Models.Models));
    }

    private static async Task<RenderJobId> NameAsync(
        HttpRequest http, VideoServices services, VideoFields fields,
        Upload? image, string? remixedFrom, CancellationToken cancellationToken)
    {
        if (IdempotencyKey.Of(http, Caller.Of(http.HttpContext).Tenant, fields.Errors) is { } key) return key;
        if (!http.Headers.TryGetValue(RetryHeader, out Microsoft.Extensions.Primitives.StringValues count)) return RenderJobId.New();
        var content = new StringBuilder($"{Caller.Of(http.HttpContext).Tenant}\n{http.Path}\n{remixedFrom}\n");
        foreach ((string name, string text) in fields.Sorted())
            content.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}{text.Length}:{text}");
        if (image is not null)
        {
            await using Stream picture = image.Open();
            content.Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(picture, cancellationToken)));
        }

        return services.Recent.Name(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString()))), isRepeated: count != "0");
    }

    // What the video was asked for, and its seed as it was drawn; of a job of the native API what is known.
    private static async Task<RenderRequest> StartAsync(VideoServices services, JobSnapshot job, CancellationToken cancellationToken)
    {
        var known = new RenderRequest
        {
            Model = job.Model, Prompt = "", Width = job.Width, Height = job.Height, Frames = job.Frames, Steps = job.Steps,
        };
        RenderRequest asked = await VideoRecord.ReadAsync(services.Blobs, job.Id, cancellationToken) is { } record
            ? JobFields(record)
            : known;
        return asked with { Prompt = "", Seed = job.Seed };
    }

    private static RenderRequest JobFields(VideoRecord record) => Client.Contracts.JobFields.Read(record.Fields, []);

    private static async Task<string?> FirstAsync(IAsyncEnumerable<string> names)
    {
        await foreach (string name in names) return name;
        return null;
    }
}
