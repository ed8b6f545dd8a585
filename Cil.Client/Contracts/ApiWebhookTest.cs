using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>Which event a webhook endpoint is sent an example of.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiWebhookTest
{
    /// <summary>video.completed or video.failed.</summary>
    [JsonPropertyName("event_type")]
    public required string EventType { get; init; }
}
