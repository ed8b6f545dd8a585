using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

/// <summary>Sends requests and reads answers; every failure becomes a <see cref="CilApiException"/>.</summary>
internal sealed class ApiConnection(HttpClient http)
{
    /// <summary>The header by which the service, and a handler that repeats calls, knows that a request is the same one again.</summary>
    internal const string IdempotencyKey = "Idempotency-Key";

    internal Uri? Address => http.BaseAddress;

    internal async Task<T?> GetAsync<T>(string address, CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    /// <summary>Of what every service has.</summary>
    /// <exception cref="CilApiException">The service has no such thing: it is none of Cil's.</exception>
    internal async Task<T> RequireAsync<T>(string address, CancellationToken cancellationToken)
        where T : class =>
        await GetAsync<T>(address, cancellationToken) ?? throw ConnectionErrors.Missing(Address, address);

    /// <summary>A call that may be repeated: whether it comes once or twice, the service does the same.</summary>
    internal async Task<T?> PostAsync<T>(string address, CancellationToken cancellationToken, HttpContent? content = null)
        where T : class
    {
        using HttpResponseMessage answer = await SendAsync(Post(address, content), cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    internal async Task<T?> PutAsync<T>(string address, object body, CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Put, address)
            {
                Content = JsonContent.Create(
                body, body.GetType(), options: ApiJson.Options)
            },
            cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    internal static HttpRequestMessage Post(string address, HttpContent? content = null, string? key = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        message.Headers.Add(IdempotencyKey, key ?? Guid.NewGuid().ToString("N"));
        return message;
    }

    /// <exception cref="CilApiException">The service cannot be reached, or does not answer in time.</exception>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage message, CancellationToken cancellationToken,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using (message)
        {
            try
            {
                return await http.SendAsync(message, completion, cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is not OutOfMemoryException)
            {
                throw new CilApiException(null, CilApiException.Unreachable, $"{Address}: {ConnectionErrors.Explain(error)}", error);
            }
        }
    }

    /// <returns>Null for what is not there, and for an answer without content.</returns>
    internal static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
        where T : class
    {
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent) return null;
        try
        {
            if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellationToken);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw ConnectionErrors.Foreign(answer, error);
        }

        throw await ApiErrors.OfAsync(answer, cancellationToken);
    }
}
