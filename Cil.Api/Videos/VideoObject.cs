using System.Text.Json.Serialization;

namespace Cil.Api.Videos;

/// <summary>
/// A video, as clients of the Videos API know it: all fields are always there, null where they do not apply. Times are Unix
/// seconds.
/// </summary>
public sealed record VideoObject
{
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Kind { get; } = "video";

    public required string Model { get; init; }

    /// <summary>queued, in_progress, completed or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Percent.</summary>
    public required int Progress { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("completed_at")]
    public required long? CompletedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long? ExpiresAt { get; init; }

    public required string Prompt { get; init; }

    /// <summary>WIDTHxHEIGHT in pixels.</summary>
    public required string Size { get; init; }

    /// <summary>How long it plays.</summary>
    public required string Seconds { get; init; }

    [JsonPropertyName("remixed_from_video_id")]
    public required string? RemixedFromVideoId { get; init; }

    public required VideoFailure? Error { get; init; }
}
