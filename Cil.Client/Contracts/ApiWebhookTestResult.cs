using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>What a webhook endpoint answered to an example.</summary>
public sealed record ApiWebhookTestResult
{
    [JsonPropertyName("object")]
    public string Kind { get; init; } = "webhook_endpoint.test";

    [JsonPropertyName("webhook_endpoint_id")]
    public required string EndpointId { get; init; }

    [JsonPropertyName("event_type")]
    public required string EventType { get; init; }

    /// <summary>HTTP's, as the endpoint answered.</summary>
    [JsonPropertyName("status_code")]
    public required int StatusCode { get; init; }

    /// <summary>That there was an answer, whichever.</summary>
    public bool Success { get; init; } = true;
}
