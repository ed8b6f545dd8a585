using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Cil.Interfaces.Webhooks;

/// <summary>One tenant's webhook endpoints, and the events that are still to be delivered to them. Its key is the tenant's name.</summary>
[Alias("cil.IWebhookGrain"), Version(1)]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Adds an endpoint, with a new secret.</summary>
    [Alias("Create")] Task<WebhookAnswer> CreateAsync(WebhookSettings settings);

    /// <summary>What is wrong with settings; nothing is changed.</summary>
    /// <param name="isNew">Whether everything has to be given.</param>
    [Alias("Check")] Task<IReadOnlyList<RequestError>> CheckAsync(WebhookSettings settings, bool isNew);

    /// <summary>All endpoints, the newest first.</summary>
    [Alias("List")] Task<IReadOnlyList<WebhookEndpoint>> ListAsync();

    /// <summary>Changes what the settings name; another address, or the same one again, enables an endpoint that was disabled.</summary>
    [Alias("Update")] Task<WebhookAnswer> UpdateAsync(string endpoint, WebhookSettings change);

    /// <summary>Removes an endpoint with its deliveries.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Delete")] Task<bool> DeleteAsync(string endpoint);

    /// <summary>Gives an endpoint a new secret.</summary>
    /// <param name="keepOld">Whether deliveries are signed with the old one too, for 24 hours.</param>
    [Alias("Rotate")] Task<WebhookAnswer> RotateSecretAsync(string endpoint, bool keepOld);

    /// <summary>Sends an example of an event at once, once; it is not among the deliveries.</summary>
    /// <returns>How it went; null where there is no such endpoint.</returns>
    [AlwaysInterleave, Alias("Test")] Task<WebhookAttempt?> TestAsync(string endpoint, string type);

    /// <summary>The last deliveries to an endpoint, the newest first; null where there is no such endpoint.</summary>
    [Alias("Deliveries")] Task<IReadOnlyList<WebhookDelivery>?> DeliveriesAsync(string endpoint);

    /// <summary>Delivers an event again, beginning with the first attempt.</summary>
    /// <returns>Null where there is no such endpoint or delivery.</returns>
    [Alias("Resend")] Task<WebhookDelivery?> ResendAsync(string endpoint, string eventId);

    /// <summary>
    /// Stores an event for every endpoint that wants it. Once this returns it is delivered at least once, or given up
    /// visibly.
    /// </summary>
    [Alias("Notify"), ResponseTimeout(CallTimeout.Short)] Task NotifyAsync(WebhookEvent what);

    /// <summary>Goes on with what is to be delivered.</summary>
    /// <returns>Whether there is anything.</returns>
    [Alias("Resume"), ResponseTimeout(CallTimeout.Short)] Task<bool> ResumeAsync();
}
