namespace Cil.Interfaces.Webhooks;

/// <summary>What a tenant says of an endpoint; null for what is not given.</summary>
[GenerateSerializer, Immutable, Alias("cil.WebhookSettings")]
public sealed record WebhookSettings
{
    /// <summary>What people call it.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>Where events are sent, over HTTPS.</summary>
    [Id(1)] public string? Url { get; init; }

    /// <summary>The events that it gets, of <see cref="WebhookEventTypes"/>.</summary>
    [Id(2)] public IReadOnlyList<string>? EventTypes { get; init; }
}
