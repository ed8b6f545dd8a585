namespace Cil.Interfaces.Webhooks;

/// <summary>An endpoint as its tenant sees it: never its secret.</summary>
[GenerateSerializer, Immutable, Alias("cil.WebhookEndpoint")]
public sealed record WebhookEndpoint
{
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required string Name { get; init; }

    [Id(2)] public required string Url { get; init; }

    [Id(3)] public required IReadOnlyList<string> EventTypes { get; init; }

    /// <summary>The end of its secret, to tell it from others.</summary>
    [Id(4)] public required string SecretHint { get; init; }

    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its settings or its secret were last changed.</summary>
    [Id(6)] public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when nothing is sent to it, because it answered that it is gone (410); null while something is.</summary>
    [Id(7)] public DateTimeOffset? DisabledAt { get; init; }
}
