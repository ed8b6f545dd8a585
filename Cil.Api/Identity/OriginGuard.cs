using System.Net;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Cil.Api.Identity;

/// <summary>
/// Keeps other pages' scripts out, which a browser on this machine would let in: a page's name may be made to mean 127.0.0.1, and
/// a form of any page may be sent here. Of callers that bring a key nothing is asked, since no browser adds that by itself.
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, IOptions<IdentityOptions> options)
{
    public Task InvokeAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (options.Value.Hosts is { Count: > 0 } hosts
            && !hosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase)
            && !request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return Refuse(http, $"this service is not asked for by the name '{request.Host.Host}'");
        }

        if (http.User.Identity?.IsAuthenticated != true) return next(http);
        bool isLocal = Caller.Of(http).IsLocal;
        if (isLocal && !IsLoopback(request.Host.Host))
            return Refuse(http, $"without keys this service is asked for as localhost or 127.0.0.1, not as '{request.Host.Host}'");
        bool isByItself = isLocal || http.User.Identity.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme;
        return isByItself
            && !IsRead(request.Method)
            && request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !IsOwn(origin, request.Host)
            ? Refuse(http, $"a page of '{origin}' may not do this here")
            : next(http);
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static Task Refuse(HttpContext http, string reason) =>
        new Problem(StatusCodes.Status403Forbidden, ApiProblem.Forbidden, reason).ExecuteAsync(http);
}
