using System.Globalization;
using System.Net;
using Cil.Client.Jobs;
using Cil.Silo.Options;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Outbound;

/// <summary>Fetches pictures under the rules of all that tenants name, up to a size and a time.</summary>
internal sealed class PictureFetcher(OutboundHttp http, AddressGuard guard, IOptions<OutboundOptions> options) : IPictureFetcher
{
    private const string UserAgent = "Cil-Pictures/1", Accept = "image/*";

    public async Task<string?> FetchAsync(
        string url, long limit, Func<Stream, CancellationToken, Task> receive, CancellationToken cancellationToken)
    {
        if (!options.Value.Pictures) return "addresses are not fetched here; send the picture, or a data URL";
        if (guard.Refusal(url) is { } refusal) return refusal;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        TimeSpan time = options.Value.PictureTimeout;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(time);
        string tooLarge = string.Create(CultureInfo.InvariantCulture, $"what is there has more than {limit} bytes");
        LimitedStream? content = null;
        try
        {
            using HttpResponseMessage response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                int status = (int)response.StatusCode;
                string redirect = status is >= 300 and < 400 ? "; redirects are not followed" : "";
                return string.Create(CultureInfo.InvariantCulture, $"expected status 200, got {status}{redirect}");
            }

            if (response.Content.Headers.ContentLength > limit) return tooLarge;
            await using Stream body = await response.Content.ReadAsStreamAsync(end.Token);
            content = new LimitedStream(body, limit);
            await receive(content, end.Token);
            return null;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What could not be stored here is not the address's fault.
            if (content is { HasFailed: false } && error is IOException) throw;
            return content is { IsOver: true } ? tooLarge : OutboundHttp.Explain(error, time);
        }
    }
}
