using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>An event on its way to a webhook endpoint, or at its end. Times are Unix seconds.</summary>
public sealed record ApiWebhookDelivery
{
    /// <summary>The event's id, as the header webhook-id has it.</summary>
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Kind { get; init; } = "webhook_endpoint.delivery";

    [JsonPropertyName("event_type")]
    public required string EventType { get; init; }

    [JsonPropertyName("video_id")]
    public required string VideoId { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>pending, succeeded or failed.</summary>
    public required string Status { get; init; }

    /// <summary>When the next attempt is due; null where there is none.</summary>
    [JsonPropertyName("next_attempt_at")]
    public required long? NextAttemptAt { get; init; }

    /// <summary>The first one first; of an event that was sent again, those since then.</summary>
    public required IReadOnlyList<ApiWebhookAttempt> Attempts { get; init; }
}
