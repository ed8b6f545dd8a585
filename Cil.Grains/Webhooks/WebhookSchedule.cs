using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Webhooks;

/// <summary>When an event is sent again, and when it is given up.</summary>
internal static class WebhookSchedule
{
    /// <summary>An endpoint that answers so is gone for good.</summary>
    internal const int Gone = 410;

    /// <summary>Part of a delay that is added at random at most: what failed together does not come back together.</summary>
    internal const double Jitter = 0.1;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    // The delays that the specification of Standard Webhooks gives as its example: three days in all.
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Attempts of one delivery.</summary>
    internal static int MaxAttempts => Delays.Length + 1;

    /// <summary>A delivery after another attempt.</summary>
    /// <param name="retryAfter">How long the endpoint asks to be left alone; it counts where it is longer, up to a day.</param>
    /// <param name="random">0 to 1.</param>
    internal static WebhookDelivery After(
        WebhookDelivery delivery, WebhookAttempt attempt, TimeSpan? retryAfter, DateTimeOffset now, double random)
    {
        delivery = delivery with { Attempts = [.. delivery.Attempts, attempt], NextAttemptAt = null };
        if (attempt.IsSuccess) return delivery with { State = WebhookDeliveryState.Succeeded };
        if (attempt.Status == Gone || delivery.Attempts.Count >= MaxAttempts) return delivery with { State = WebhookDeliveryState.Failed };
        TimeSpan delay = Delays[delivery.Attempts.Count - 1] * (1 + (Jitter * random)), asked = retryAfter ?? TimeSpan.Zero;
        if (asked > LongestRetryAfter) asked = LongestRetryAfter;
        return delivery with { NextAttemptAt = now + (asked > delay ? asked : delay) };
    }
}
