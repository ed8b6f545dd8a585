using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Cil.Api.Tests.Identity;

/// <summary>
/// A small provider of OpenID Connect that says yes to everybody: discovery, keys, code flow and tokens signed with RS256.
/// </summary>
internal sealed class Issuer : IAsyncDisposable
{
    internal const string Audience = "cil";

    private static readonly string[] Responses = ["code"], Subjects = ["public"], Algorithms = ["RS256"];

    private readonly RsaSecurityKey key = new(RSA.Create(2048)) { KeyId = "one" };
    private readonly ConcurrentDictionary<string, string> nonces = new();
    private readonly WebApplication application;

    internal Issuer(Dictionary<string, object> claims)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        application = builder.Build();
        application.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Url, jwks_uri = $"{Url}/keys", authorization_endpoint = $"{Url}/authorize", token_endpoint = $"{Url}/token",
            response_types_supported = Responses, subject_types_supported = Subjects, id_token_signing_alg_values_supported = Algorithms,
        }));
        application.MapGet(
            "/keys", () => Results.Text($$"""{"keys":[{{System.Text.Json.JsonSerializer.Serialize(PublicKey())}}]}""", "application/json"));
        application.MapGet("/authorize", (string redirect_uri, string state, string nonce) =>
        {
            string code = Guid.NewGuid().ToString("N");
            nonces[code] = nonce;
            return Results.Redirect($"{redirect_uri}?code={code}&state={Uri.EscapeDataString(state)}");
        });
        application.MapPost("/token", async (HttpRequest request) =>
        {
            IFormCollection form = await request.ReadFormAsync();
            return nonces.TryRemove(form["code"].ToString(), out string? nonce) && form["code_verifier"].Count == 1
                ? Results.Json(
                    new
                    {
                        access_token = "opaque", token_type = "Bearer", expires_in = 60,
                        id_token = Token(new Dictionary<string, object>(claims) { ["nonce"] = nonce }),
                    })
                : Results.BadRequest();
        });
    }

    internal string Url => application.Urls.First();

    internal async Task<Issuer> StartAsync()
    {
        await application.StartAsync();
        return this;
    }

    internal string Token(
        Dictionary<string, object> claims, string audience = Audience, TimeSpan? lifetime = null,
        SecurityKey? signedWith = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = audience,
            IssuedAt = DateTime.UtcNow.AddHours(-2),
            NotBefore = DateTime.UtcNow.AddHours(-2),
            Expires = DateTime.UtcNow + (lifetime ?? TimeSpan.FromMinutes(5)),
            Claims = claims,
            SigningCredentials = new SigningCredentials(signedWith ?? key, SecurityAlgorithms.RsaSha256),
        });

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        key.Rsa.Dispose();
    }

    private object PublicKey()
    {
        RSAParameters parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA", kid = key.KeyId, use = "sig", alg = "RS256",
            n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
