using System.Text.Json.Serialization;

namespace Cil.Api.Webhooks;

/// <summary>That a webhook endpoint is not there any more.</summary>
public sealed record WebhookEndpointDeleted(string Id)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "webhook_endpoint.deleted";

    public bool Deleted { get; } = true;
}
