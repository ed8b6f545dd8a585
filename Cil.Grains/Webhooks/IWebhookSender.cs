namespace Cil.Grains.Webhooks;

/// <summary>The way out of the grid: sends one request to an endpoint, and nowhere that tenants must not reach.</summary>
public interface IWebhookSender
{
    /// <summary>Why nothing is sent to an address, as far as the address itself tells; null where something may be.</summary>
    string? Refusal(string url);

    /// <summary>Posts a body and waits for the answer's status, for a limited time.</summary>
    Task<WebhookResponse> SendAsync(
        string url, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
