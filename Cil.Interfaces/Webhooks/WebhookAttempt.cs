namespace Cil.Interfaces.Webhooks;

/// <summary>One request to an endpoint.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Duration">Until it was answered or given up.</param>
/// <param name="Status">HTTP's; null where no answer came.</param>
/// <param name="Error">Why no answer came; null where one did.</param>
[GenerateSerializer, Immutable, Alias("cil.WebhookAttempt")]
public sealed record WebhookAttempt(
    [property: Id(0)] DateTimeOffset At, [property: Id(1)] TimeSpan Duration,
    [property: Id(2)] int? Status, [property: Id(3)] string? Error)
{
    /// <summary>Whether the endpoint has taken the event.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;
}
