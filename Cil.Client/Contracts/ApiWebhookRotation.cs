using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>How a webhook endpoint gets a new secret.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiWebhookRotation
{
    /// <summary>Whether deliveries are signed with the old secret too, for 24 hours.</summary>
    [JsonPropertyName("keep_old_secret_active_for_24_hours")]
    public bool KeepsOldSecret { get; init; }
}
