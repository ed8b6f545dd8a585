using System.Net;
using System.Net.Http.Headers;
using Cil.Client.Http;

namespace Cil.Client.Hosting;

/// <summary>Which calls are repeated, and after which answers.</summary>
internal static class RepeatPolicy
{
    /// <summary>Whether the service does the same when the request comes twice.</summary>
    internal static bool IsRepeatable(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Put
            || request.Method == HttpMethod.Delete || request.Headers.Contains(ApiConnection.IdempotencyKey);

    /// <summary>Whether an answer says that the same request may succeed later, and not later than the caller would wait.</summary>
    internal static bool IsTransient(HttpResponseMessage answer, TimeSpan longest, DateTimeOffset now) =>
        answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        && (Wait(answer.Headers.RetryAfter, now) ?? TimeSpan.Zero) <= longest;

    private static TimeSpan? Wait(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date - now);
}
