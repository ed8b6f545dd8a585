using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>One request to a webhook endpoint.</summary>
public sealed record ApiWebhookAttempt
{
    /// <summary>When it was sent, in Unix seconds.</summary>
    public required long At { get; init; }

    /// <summary>Until it was answered or given up.</summary>
    [JsonPropertyName("duration_ms")]
    public required long DurationMilliseconds { get; init; }

    /// <summary>HTTP's; null where no answer came.</summary>
    [JsonPropertyName("status_code")]
    public required int? StatusCode { get; init; }

    /// <summary>Why no answer came; null where one did.</summary>
    public required string? Error { get; init; }
}
