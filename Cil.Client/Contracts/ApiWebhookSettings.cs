using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>What is said of a webhook endpoint; in a change, what is left out stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiWebhookSettings
{
    /// <summary>What people call it: 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Where events are sent: https:// and a host with a public address.</summary>
    public string? Url { get; init; }

    /// <summary>The events that it gets: video.completed, video.failed.</summary>
    [JsonPropertyName("event_types")]
    public IReadOnlyList<string>? EventTypes { get; init; }
}
