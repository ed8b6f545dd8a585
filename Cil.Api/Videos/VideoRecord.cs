using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Api.Videos;

/// <summary>What this face knows of a job beyond the grid: stored beside the job's blobs, and deleted with them.</summary>
/// <param name="Seconds">As it was asked for.</param>
/// <param name="RemixedFrom">The video that it was made from; null for none.</param>
/// <param name="Fields">The request's, so that a remix asks for the same.</param>
internal sealed record VideoRecord(string Seconds, string? RemixedFrom, IReadOnlyDictionary<string, string> Fields)
{
    internal static VideoRecord Of(RenderRequest request, string seconds, string? remixedFrom) =>
        new(seconds, remixedFrom, JobFields.Write(request).ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal));

    /// <summary>Null for a job of the native API, or one whose record is damaged.</summary>
    internal static async Task<VideoRecord?> ReadAsync(IBlobStore blobs, RenderJobId job, CancellationToken cancellationToken)
    {
        if (await blobs.GetAsync(Name(job), cancellationToken: cancellationToken) is not { } blob) return null;
        try
        {
            return JsonSerializer.Deserialize<VideoRecord>(
                blob.Content.Span, ApiJson.Options) is { Seconds: not null, Fields: not null } record
                ? record
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal Task WriteAsync(IBlobStore blobs, RenderJobId job, CancellationToken cancellationToken) =>
        blobs.PutAsync(Name(job), JsonSerializer.SerializeToUtf8Bytes(this, ApiJson.Options), cancellationToken: cancellationToken);

    private static string Name(RenderJobId job) => $"jobs/{job}/request.json";
}
