using System.Globalization;
using Cil.Api.Http;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Videos;

/// <summary>The grid's jobs as this face shows them.</summary>
internal static class VideoView
{
    internal static IResult Json<T>(T value) => Results.Json(value, VideoJson.Options);

    // Null where what is stored cannot be read: it would not be better the next time.
    internal static async Task<byte[]?> ToolAsync(Func<Task<byte[]>> make)
    {
        try
        {
            return await make();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    internal static Problem NotThere(string id) => Problem.NotFound($"video '{id}' is not there");

    internal static string Status(JobSnapshot job) => job.State switch
    {
        JobState.Completed => "completed",
        JobState.Failed or JobState.Cancelled => "failed",
        JobState.Running => "in_progress",
        _ => "queued",
    };

    internal static VideoObject Show(JobSnapshot job, VideoRecord? record, IReadOnlyList<ModelInfo> models)
    {
        int fps = models.FirstOrDefault(model => model.Name == job.Model)?.PlaybackFps ?? 1;
        return new VideoObject
        {
            Id = job.Id.Value,
            Model = job.Model,
            Status = Status(job),
            Progress = job.State == JobState.Completed
                ? 100
                : (90 * job.Step / Math.Max(1, job.Steps)) + (10 * job.FramesDecoded / Math.Max(1, job.Frames)),
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
}
