using Cil.Client.Contracts;
using Cil.Interfaces.Webhooks;

namespace Cil.Api.Webhooks;

/// <summary>Between the grid's messages and this face's objects.</summary>
internal static class WebhookMapping
{
    internal static ApiWebhookEndpoint ToApi(this WebhookEndpoint endpoint, string? secret = null) => new()
    {
        Id = endpoint.Id,
        CreatedAt = endpoint.CreatedAt.ToUnixTimeSeconds(),
        UpdatedAt = endpoint.UpdatedAt.ToUnixTimeSeconds(),
        EventTypes = endpoint.EventTypes,
        Name = endpoint.Name,
        Url = endpoint.Url,
        SigningSecretHint = endpoint.SecretHint,
        DisabledAt = endpoint.DisabledAt?.ToUnixTimeSeconds(),
        SigningSecret = secret,
    };

    internal static WebhookSettings FromApi(this ApiWebhookSettings settings) =>
        new() { Name = settings.Name, Url = settings.Url, EventTypes = settings.EventTypes };

    internal static ApiWebhookDelivery ToApi(this WebhookDelivery delivery) => new()
    {
        Id = delivery.Event.Id,
        EventType = delivery.Event.Type,
        VideoId = delivery.Event.Job.Value,
        CreatedAt = delivery.Event.CreatedAt.ToUnixTimeSeconds(),
        Status = delivery.State switch
        {
            WebhookDeliveryState.Succeeded => "succeeded",
            WebhookDeliveryState.Failed => "failed",
            _ => "pending",
        },
        NextAttemptAt = delivery.NextAttemptAt?.ToUnixTimeSeconds(),
        Attempts = [.. delivery.Attempts.Select(ToApi)],
    };

    private static ApiWebhookAttempt ToApi(WebhookAttempt attempt) => new()
    {
        At = attempt.At.ToUnixTimeSeconds(),
        DurationMilliseconds = (long)attempt.Duration.TotalMilliseconds,
        StatusCode = attempt.Status,
        Error = attempt.Error,
    };
}
