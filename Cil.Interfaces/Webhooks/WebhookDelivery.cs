namespace Cil.Interfaces.Webhooks;

/// <summary>An event on its way to one endpoint, or at its end.</summary>
[GenerateSerializer, Immutable, Alias("cil.WebhookDelivery")]
public sealed record WebhookDelivery
{
    [Id(0)] public required WebhookEvent Event { get; init; }

    [Id(1)] public WebhookDeliveryState State { get; init; }

    /// <summary>The attempts so far, the first one first; of an event that was sent again, those since then.</summary>
    [Id(2)] public IReadOnlyList<WebhookAttempt> Attempts { get; init; } = [];

    /// <summary>When the next attempt is due; null where there is none.</summary>
    [Id(3)] public DateTimeOffset? NextAttemptAt { get; init; }
}
