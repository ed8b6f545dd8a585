using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>A webhook endpoint, as clients of OpenAI's API know it. Times are Unix seconds.</summary>
public sealed record ApiWebhookEndpoint
{
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Kind { get; init; } = "webhook_endpoint";

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>When its settings or its secret were last changed.</summary>
    [JsonPropertyName("updated_at")]
    public required long UpdatedAt { get; init; }

    /// <summary>The events that it gets.</summary>
    [JsonPropertyName("event_types")]
    public required IReadOnlyList<string> EventTypes { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Where events are sent.</summary>
    public required string Url { get; init; }

    /// <summary>The end of its secret, to tell it from others.</summary>
    [JsonPropertyName("signing_secret_hint")]
    public required string? SigningSecretHint { get; init; }

    /// <summary>
    /// Since when nothing is sent to it, because it answered 410; null while something is. Changing its address enables it
    /// again.
    /// </summary>
    [JsonPropertyName("disabled_at")]
    public long? DisabledAt { get; init; }

    /// <summary>What its deliveries are signed with: there only where it is new.</summary>
    [JsonPropertyName("signing_secret")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SigningSecret { get; init; }
}
