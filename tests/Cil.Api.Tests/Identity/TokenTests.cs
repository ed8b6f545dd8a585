using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Cil.Api.Identity;
using Cil.Api.Tests.Http;
using Cil.Client.Contracts;
using Microsoft.IdentityModel.Tokens;

namespace Cil.Api.Tests.Identity;

/// <summary>Callers that others vouch for: tokens of services, and people who sign in.</summary>
public sealed class TokenTests
{
    private static readonly Uri Jobs = new("api/jobs", UriKind.Relative);

    [Fact]
    public async Task Token_NamesTenantAndScopes()
    {
        await using Issuer issuer = await new Issuer([]).StartAsync();
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(
            options => options.Identity.Jwt = new TokenOptions
            {
                Authority = issuer.Url, Audience = Issuer.Audience, RequireHttps = false,
            });
        HttpClient renders = secured.Client(issuer.Token(Claims("studio", "render"))),
            reads = secured.Client(issuer.Token(Claims("studio", "openid read")));

        using HttpResponseMessage submitted = await renders.PostAsync(Jobs, SecuredService.Job()),
            refused = await reads.PostAsync(Jobs, SecuredService.Job());
        ApiJobPage seen = (await reads.GetFromJsonAsync<ApiJobPage>(Jobs, ApiJson.Options))!;

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Forbidden), (submitted.StatusCode, refused.StatusCode));
        Assert.Equal("studio", Assert.Single(seen.Jobs).Tenant);
    }

    [Fact]
    public async Task Token_ThatIsExpiredOfAnotherOrNamesNoTenant_Is401()
    {
        await using Issuer issuer = await new Issuer([]).StartAsync();
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(
            options => options.Identity.Jwt = new TokenOptions
            {
                Authority = issuer.Url, Audience = Issuer.Audience, RequireHttps = false,
            });
        using var foreign = RSA.Create(2048);
        string[] tokens =
        [
            issuer.Token(Claims("studio", "render"), lifetime: TimeSpan.FromHours(-1)),
            issuer.Token(Claims("studio", "render"), audience: "another"),
            issuer.Token(Claims("studio", "render"), signedWith: new RsaSecurityKey(foreign) { KeyId = "one" }),
            issuer.Token(new Dictionary<string, object> { ["scope"] = "render" }),
            issuer.Token(Claims("../studio", "render")),
        ];

        foreach (string token in tokens)
        {
            using HttpResponseMessage answer = await secured.Client(token).GetAsync(Jobs);
            _ = await ProblemTests.ProblemAsync(answer, 401);
        }
    }

    [Fact]
    public async Task Person_WhoSignsIn_ReadsByTheCookieAndIsAskedForTheOriginOfChanges()
    {
        await using Issuer issuer = await new Issuer(Claims("studio", "render")).StartAsync();
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(
            options => options.Identity.OpenIdConnect = new SignInOptions
            {
                Authority = issuer.Url, ClientId = Issuer.Audience, ClientSecret = "secret", RequireHttps = false,
            });
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(secured.Service.Url),
        };

        using HttpResponseMessage before = await browser.GetAsync(Jobs);
        using HttpResponseMessage signedIn = await browser.GetAsync(new Uri("login?returnUrl=/api/jobs", UriKind.Relative));
        using var foreign = new HttpRequestMessage(HttpMethod.Post, Jobs)
        {
            Content = SecuredService.Job(), Headers = { { "Origin", "http://evil.example" } },
        };
        using HttpResponseMessage stray = await browser.GetAsync(new Uri("signin-oidc?code=a&state=b", UriKind.Relative));
        using HttpResponseMessage refused = await browser.SendAsync(foreign),
            submitted = await browser.PostAsync(Jobs, SecuredService.Job());

        _ = await ProblemTests.ProblemAsync(before, 401);
        Assert.Equal((HttpStatusCode.OK, "/api/jobs"), (signedIn.StatusCode, signedIn.RequestMessage!.RequestUri!.AbsolutePath));
        _ = await ProblemTests.ProblemAsync(stray, 401);
        _ = await ProblemTests.ProblemAsync(refused, 403);
        Assert.Equal("studio", (await submitted.Content.ReadFromJsonAsync<ApiJob>(ApiJson.Options))!.Tenant);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "https")]
    [InlineData("127.0.0.1", "https")]
    [InlineData("10.0.0.0/8", "http")]
    [InlineData(null, "http")]
    public async Task SignIn_BehindAProxyThatEndsTls_LeadsBackToHttpsWhereTheProxyIsKnown(string? proxy, string scheme)
    {
        await using Issuer issuer = await new Issuer(Claims("studio", "render")).StartAsync();
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(options =>
        {
            options.Identity.OpenIdConnect = new SignInOptions
            {
                Authority = issuer.Url, ClientId = Issuer.Audience, ClientSecret = "secret", RequireHttps = false,
            };
            if (proxy is not null) options.Identity.Proxies.Add(proxy);
        });
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(secured.Service.Url),
        };
        using var asked = new HttpRequestMessage(HttpMethod.Get, "login")
        {
            Headers = { { "X-Forwarded-Proto", "https" }, { "X-Forwarded-For", "192.0.2.1" } },
        };

        using HttpResponseMessage answer = await browser.SendAsync(asked);

        Assert.Contains($"redirect_uri={Uri.EscapeDataString($"{scheme}://")}", answer.Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Equal(
            scheme == "https",
            answer.Headers.GetValues("Set-Cookie").All(cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Caller_WhoClaimsThroughAKnownProxyToBeThisMachine_IsNot()
    {
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(options => options.Identity.Proxies.Add("127.0.0.1"));
        using var forged = new HttpRequestMessage(HttpMethod.Get, Jobs) { Headers = { { "X-Forwarded-For", "127.0.0.1" } } };

        using HttpResponseMessage local = await secured.Client().GetAsync(Jobs), answer = await secured.Client().SendAsync(forged);

        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        _ = await ProblemTests.ProblemAsync(answer, 401);
    }

    private static Dictionary<string, object> Claims(string tenant, string scope) =>
        new() { ["sub"] = "someone", ["tenant"] = tenant, ["scope"] = scope };
}
