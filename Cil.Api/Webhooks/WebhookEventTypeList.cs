using System.Text.Json.Serialization;

namespace Cil.Api.Webhooks;

/// <summary>The events that there are.</summary>
public sealed record WebhookEventTypeList(IReadOnlyList<string> Data)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "list";
}
