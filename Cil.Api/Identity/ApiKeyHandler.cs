using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cil.Api.Identity;

/// <summary>Knows callers by their key; where there are no keys and nothing else to know them by, by their being on this machine.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> scheme, ILoggerFactory logger,
    UrlEncoder encoder, ApiKeyStore keys, IOptions<IdentityOptions> options) :
    AuthenticationHandler<AuthenticationSchemeOptions>(scheme, logger, encoder)
{
    internal const string SchemeName = "key";

    private const string Bearer = "Bearer ", OperatorName = "secret", OperatorTenant = "operator";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (header.Length == 0) return await IsOpenAsync() ? Success(Caller.Local(SchemeName)) : AuthenticateResult.NoResult();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            || ApiKeyText.Parse(header[Bearer.Length..].Trim()) is not { } text)
        {
            return AuthenticateResult.Fail("no key");
        }

        if (options.Value.OperatorKey is { } secret && ApiKeyText.Parse(secret) is { } own && own.Id == text.Id && text.Is(own.Hash()))
            return Success(Caller.Identity(SchemeName, OperatorTenant, OperatorName, Scope.All));
        return await keys.FindAsync(text, Context.RequestAborted) is { } key
            ? Success(Caller.Identity(SchemeName, key.Tenant, key.Id, key.Scopes))
            : AuthenticateResult.Fail("no such key");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = (int)HttpStatusCode.Unauthorized;
        Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count == 0 ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Task.CompletedTask;
    }

    private static AuthenticateResult Success(ClaimsIdentity identity) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));

    private async Task<bool> IsOpenAsync() =>
        !options.Value.KnowsCallers
        // A proxy on this machine brings others' requests.
        && !Request.Headers.ContainsKey("X-Forwarded-For")
        && !Request.Headers.ContainsKey("Forwarded")
        && !Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName)
        && Context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !await keys.AnyAsync(Context.RequestAborted);
}
