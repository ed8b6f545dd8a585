namespace Cil.Interfaces.Webhooks;

/// <summary>Something that endpoints are told of.</summary>
[GenerateSerializer, Immutable, Alias("cil.WebhookEvent")]
public sealed record WebhookEvent
{
    /// <summary>The same event has the same id, however often it is sent.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>One of <see cref="WebhookEventTypes"/>.</summary>
    [Id(1)] public required string Type { get; init; }

    /// <summary>The job that it is about.</summary>
    [Id(2)] public required RenderJobId Job { get; init; }

    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The trace that the job is part of; null where it is not traced.</summary>
    [Id(4)] public string? TraceParent { get; init; }
}
