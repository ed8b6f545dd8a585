using System.Diagnostics;
using Cil.Grains.Diagnostics;
using Cil.Interfaces.Webhooks;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Webhooks;

/// <summary>
/// Sends what is due. Requests run beside the grain's turns, on its scheduler, so that a slow endpoint does not keep the grain from
/// answering. What is decided is stored first; an activation that is lost on the way leaves a delivery that is sent again.
/// </summary>
internal sealed partial class WebhookDispatcher(
    IGrainBase grain, string tenant, WebhookOutbox outbox, IWebhookSender sender,
    Func<string, StoredEndpoint?> find, Func<string, Task> disable,
    GridInstruments instruments, TimeProvider clock, ILogger logger)
{
    // After storage could not be read or written.
    private static readonly TimeSpan StorageRetry = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, DeliveryLane> lanes = new(StringComparer.Ordinal);
    private IGrainTimer? timer;
    private bool isLeaving;

    /// <summary>Whether nothing is to be sent.</summary>
    internal bool IsEmpty => lanes.Values.All(lane => lane.IsEmpty);

    internal bool IsInFlight(string endpoint, string name) => lanes.GetValueOrDefault(endpoint)?.IsInFlight(name) == true;

    /// <summary>Adds a delivery that is stored; <see cref="Pump"/> sends it when it is due.</summary>
    internal void Add(string endpoint, string name, DateTimeOffset due)
    {
        if (!lanes.TryGetValue(endpoint, out DeliveryLane? lane)) lanes[endpoint] = lane = new DeliveryLane(endpoint);
        lane.Add(name, due);
    }

    /// <summary>Sends nothing more to an endpoint; what is under way ends without being stored.</summary>
    internal void Remove(string endpoint) => _ = lanes.Remove(endpoint);

    /// <summary>The activation ends: nothing more is begun.</summary>
    internal void Stop()
    {
        isLeaving = true;
        timer?.Dispose();
    }

    /// <summary>Begins what is due, and sees to it that it is called again when the next is.</summary>
    internal void Pump()
    {
        timer?.Dispose();
        timer = null;
        if (isLeaving) return;
        DateTimeOffset now = clock.GetUtcNow();
        foreach (DeliveryLane lane in lanes.Values.ToArray())
            while (lane.Take(now) is { } name) _ = DeliverAsync(lane, name);
        if (lanes.Values.Min(lane => lane.NextDue) is not { } next) return;
        TimeSpan wait = next - clock.GetUtcNow();
        timer = grain.RegisterGrainTimer(
            PumpAsync, new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Sends an event once.</summary>
    internal async Task<(WebhookAttempt Attempt, TimeSpan? RetryAfter)> SendAsync(StoredEndpoint endpoint, WebhookEvent what)
    {
        using Activity? span = GridActivities.BeginWebhook(what, tenant, endpoint.Id);
        DateTimeOffset at = clock.GetUtcNow();
        long start = clock.GetTimestamp();
        byte[] body = WebhookBody.Write(what);
        WebhookResponse response = await sender.SendAsync(
            endpoint.Url, WebhookSignature.Headers(what.Id, at, body, endpoint.Secrets(at)), body, CancellationToken.None);
        TimeSpan took = clock.GetElapsedTime(start);
        (WebhookAttempt attempt, TimeSpan? retryAfter) = response switch
        {
            WebhookResponse.Answered answered => (new WebhookAttempt(at, took, answered.Status, null), answered.RetryAfter),
            WebhookResponse.NoAnswer none => (new WebhookAttempt(at, took, null, none.Reason), (TimeSpan?)null),
            var other => throw new InvalidOperationException($"unknown response {other}"),
        };
        GridActivities.EndWebhook(span, attempt);
        instruments.CountWebhook(attempt);
        return (attempt, retryAfter);
    }

    private Task PumpAsync(CancellationToken cancellationToken)
    {
        Pump();
        return Task.CompletedTask;
    }

    private async Task DeliverAsync(DeliveryLane lane, string name)
    {
        DateTimeOffset? due = null;
        try
        {
            due = await DeliverOnceAsync(lane, name);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // It may have been taken, and is sent again.
            LogNotStored(error, tenant, lane.Endpoint, name);
            due = clock.GetUtcNow() + StorageRetry;
        }

        lane.Return(name, due);
        Pump();
    }

    // When it is due again; null where it has ended.
    private async Task<DateTimeOffset?> DeliverOnceAsync(DeliveryLane lane, string name)
    {
        if (find(lane.Endpoint) is not { } endpoint || await outbox.ReadAsync(lane.Endpoint, name) is not { } delivery) return null;
        if (endpoint.DisabledAt is not null)
        {
            await outbox.EndAsync(lane.Endpoint, name, delivery with { State = WebhookDeliveryState.Failed, NextAttemptAt = null });
            return null;
        }

        (WebhookAttempt attempt, TimeSpan? retryAfter) = await SendAsync(endpoint, delivery.Event);
        // Deleted meanwhile, with all its deliveries; or broken off because the silo stops, and sent again by another.
        if (lanes.GetValueOrDefault(lane.Endpoint) != lane || (isLeaving && attempt.Status is null)) return null;
        if (attempt.Status == WebhookSchedule.Gone)
        {
            LogGone(tenant, lane.Endpoint);
            await disable(lane.Endpoint);
        }

        WebhookDelivery after = WebhookSchedule.After(delivery, attempt, retryAfter, clock.GetUtcNow(), Random.Shared.NextDouble());
        if (after.State == WebhookDeliveryState.Pending) await outbox.PutAsync(lane.Endpoint, name, after);
        else await outbox.EndAsync(lane.Endpoint, name, after);
        if (after.State == WebhookDeliveryState.Failed) LogGivenUp(tenant, lane.Endpoint, name, after.Attempts.Count);
        return after.NextAttemptAt;
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Webhooks of {Tenant}: {Delivery} to {Endpoint} could not be read or stored; it is sent again")]
    private partial void LogNotStored(Exception error, string tenant, string endpoint, string delivery);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhooks of {Tenant}: {Endpoint} says that it is gone (410) and is disabled")]
    private partial void LogGone(string tenant, string endpoint);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Webhooks of {Tenant}: {Delivery} to {Endpoint} is given up after {Attempts} attempts")]
    private partial void LogGivenUp(string tenant, string endpoint, string delivery, int attempts);
}
