using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Webhooks;

/// <summary>An endpoint with its secrets, which have to be there to sign with.</summary>
internal sealed record StoredEndpoint
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public required string Secret { get; init; }

    /// <summary>The secret before; null where it does not count.</summary>
    public string? OldSecret { get; init; }

    /// <summary>Until when deliveries are signed with the old secret too.</summary>
    public DateTimeOffset OldSecretUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>The secrets that count now, the newest first.</summary>
    internal IEnumerable<string> Secrets(DateTimeOffset now) => OldSecret is { } old && now < OldSecretUntil ? [Secret, old] : [Secret];

    internal WebhookEndpoint ToMessage() => new()
    {
        Id = Id,
        Name = Name,
        Url = Url,
        EventTypes = EventTypes,
        SecretHint = WebhookSignature.Hint(Secret),
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        DisabledAt = DisabledAt,
    };
}
