using System.Net;

namespace Cil.Api.Identity;

/// <summary>Who may ask, and how often. Without keys, tokens and sign-in only this machine's own programs are served.</summary>
public sealed class IdentityOptions
{
    /// <summary>
    /// An operator's key from a secret, for the first start of a cluster: `cil_ID_SECRET` as 'cil keys create' makes them.
    /// Default none.
    /// </summary>
    public string? OperatorKey { get; set; }

    /// <summary>
    /// Names that the service is asked by, such as render.example.org; others are refused. Default: any, where keys are
    /// needed.
    /// </summary>
    public IList<string> Hosts { get; set; } = [];

    /// <summary>
    /// Addresses or networks, such as 10.0.0.0/8, of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: so
    /// that sign-in leads back to https where a proxy ends TLS. Default: none.
    /// </summary>
    public IList<string> Proxies { get; set; } = [];

    /// <summary>Requests a second of one tenant; more are 429. Default 100.</summary>
    public double RequestsPerSecond { get; set; } = 100;

    /// <summary>Requests of one tenant that may come at once. Default 400.</summary>
    public int RequestBurst { get; set; } = 400;

    /// <summary>Tokens of other services. Default: none are taken.</summary>
    public TokenOptions? Jwt { get; set; }

    /// <summary>Sign-in of people, through a provider of OpenID Connect. Default: none.</summary>
    public SignInOptions? OpenIdConnect { get; set; }

    /// <summary>Whether callers are known by something else than keys in storage.</summary>
    public bool KnowsCallers => OperatorKey is not null || Jwt is not null || OpenIdConnect is not null;

    /// <summary>What is wrong with them: field and message.</summary>
    public IEnumerable<(string Field, string Message)> Errors()
    {
        if (OperatorKey is not null && ApiKeyText.Parse(OperatorKey) is null)
            yield return (nameof(OperatorKey), "cil_ID_SECRET as 'cil keys create' makes them; this is none");
        foreach (string proxy in Proxies)
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                yield return (nameof(Proxies), $"an address or a network, such as 10.0.0.0/8, got '{proxy}'");
        if (!(RequestsPerSecond > 0)) yield return (nameof(RequestsPerSecond), $"above 0, got {RequestsPerSecond}");
        if (RequestBurst < 1) yield return (nameof(RequestBurst), $"1 or more, got {RequestBurst}");
        if (Jwt is { } jwt && (!IsAddress(jwt.Authority) || jwt.Audience.Length == 0))
            yield return (nameof(Jwt), "needs an Authority, such as https://login.example.org, and an Audience");
        if (OpenIdConnect is { } signIn && (!IsAddress(signIn.Authority) || signIn.ClientId.Length == 0))
            yield return (nameof(OpenIdConnect), "needs an Authority, such as https://login.example.org, and a ClientId");
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http";
}
