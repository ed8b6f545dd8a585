using System.Net.Http.Headers;
using Cil.Grains.Webhooks;
using Cil.Silo.Options;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Outbound;

/// <summary>Posts events to tenants' endpoints.</summary>
internal sealed class WebhookSender(
    OutboundHttp http, AddressGuard guard, IOptions<OutboundOptions> options, TimeProvider clock) : IWebhookSender
{
    private const string JsonType = "application/json", UserAgent = "Cil-Webhooks/1";

    public string? Refusal(string url) => guard.Refusal(url);

    public async Task<WebhookResponse> SendAsync(
        string url, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // The operator's settings may have changed since it was taken.
        if (Refusal(url) is { } refusal) return new WebhookResponse.NoAnswer(refusal);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(JsonType);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        TimeSpan limit = options.Value.WebhookTimeout;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            // The body of the answer says nothing that is needed.
            using HttpResponseMessage response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            return new WebhookResponse.Answered((int)response.StatusCode, RetryAfter(response.Headers.RetryAfter));
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookResponse.NoAnswer(OutboundHttp.Explain(error, limit));
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? header?.Date - clock.GetUtcNow();
}
