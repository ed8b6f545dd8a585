using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cil.Api.Identity;

/// <summary>Puts together who asks, what they may, and how often.</summary>
internal static class IdentitySetup
{
    private const string AnyScheme = "any", Bearer = "Bearer ";

    internal static void Add(IServiceCollection services, IdentityOptions identity)
    {
        services.AddSingleton(Options.Create(identity));
        services.AddSingleton<ApiKeyStore>();
        AuthenticationBuilder authentication = services.AddAuthentication(AnyScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddPolicyScheme(AnyScheme, null, policy => policy.ForwardDefaultSelector = http => Choose(http, identity));
        if (identity.Jwt is { } jwt) AddTokens(authentication, jwt);
        if (identity.OpenIdConnect is { } signIn)
        {
            AddSignIn(authentication, signIn);
            services.AddDataProtection().SetApplicationName("cil");
            services.AddOptions<KeyManagementOptions>()
                .Configure<IBlobStore>((keys, blobs) => keys.XmlRepository = new BlobXmlRepository(blobs));
        }

        AuthorizationBuilder authorization = services.AddAuthorizationBuilder();
        foreach (string scope in Scope.All)
            _ = authorization.AddPolicy(scope, policy => policy.RequireClaim(Caller.ScopeClaim, Scope.Allowing(scope)));
        // An address that says nothing is not for everybody.
        _ = authorization.SetFallbackPolicy(
            new AuthorizationPolicyBuilder().RequireClaim(Caller.ScopeClaim, Scope.Allowing(Scope.Read)).Build());
        services.AddRateLimiter(limiter => Limit(limiter, identity));
    }

    internal static void Use(WebApplication application, IdentityOptions identity)
    {
        application.UseAuthentication();
        application.UseMiddleware<OriginGuard>();
        application.UseMiddleware<AuditMiddleware>();
        application.UseRateLimiter();
        application.UseAuthorization();
        if (identity.OpenIdConnect is null) return;
        application.MapGet("/login", (string? returnUrl) => Results.Challenge(
            new AuthenticationProperties { RedirectUri = IsHere(returnUrl) ? returnUrl : "/" },
            [OpenIdConnectDefaults.AuthenticationScheme])).AllowAnonymous();
        application.MapPost(
            "/logout", () => Results.SignOut(authenticationSchemes: [CookieAuthenticationDefaults.AuthenticationScheme])).AllowAnonymous();
    }

    private static string Choose(HttpContext http, IdentityOptions identity)
    {
        string header = http.Request.Headers.Authorization.ToString();
        if (identity.Jwt is not null
            && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && !header.AsSpan(Bearer.Length).TrimStart().StartsWith(ApiKeyText.Prefix))
        {
            return JwtBearerDefaults.AuthenticationScheme;
        }

        return identity.OpenIdConnect is not null && header.Length == 0
            ? CookieAuthenticationDefaults.AuthenticationScheme
            : ApiKeyHandler.SchemeName;
    }

    private static void AddTokens(AuthenticationBuilder authentication, TokenOptions tokens) => authentication.AddJwtBearer(bearer =>
    {
        bearer.Authority = tokens.Authority;
        bearer.Audience = tokens.Audience;
        bearer.RequireHttpsMetadata = tokens.RequireHttps;
        bearer.MapInboundClaims = false;
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (Named(
                    JwtBearerDefaults.AuthenticationScheme, context.Principal!,
                    tokens.TenantClaim, tokens.ScopeClaim, standard: null) is { } caller)
                {
                    context.Principal = caller;
                }
                else context.Fail("the token names no tenant");
                return Task.CompletedTask;
            },
        };
    });

    private static void AddSignIn(AuthenticationBuilder authentication, SignInOptions signIn) => authentication
        .AddCookie(cookie =>
        {
            cookie.Cookie.Name = "cil";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            // Programs are told by a status; the page sends people to /login.
            cookie.Events.OnRedirectToLogin = context => Answer(context.Response, StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = context => Answer(context.Response, StatusCodes.Status403Forbidden);
        })
        .AddOpenIdConnect(connect =>
        {
            connect.Authority = signIn.Authority;
            connect.ClientId = signIn.ClientId;
            connect.ClientSecret = signIn.ClientSecret;
            connect.RequireHttpsMetadata = signIn.RequireHttps;
            connect.ResponseType = "code";
            connect.ResponseMode = "query";
            // The provider leads back by a link, with which browsers send such cookies.
            foreach (CookieBuilder cookie in (CookieBuilder[])[connect.CorrelationCookie, connect.NonceCookie])
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
            connect.UsePkce = true;
            connect.MapInboundClaims = false;
            connect.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            connect.Events = new OpenIdConnectEvents
            {
                OnRemoteFailure = async context =>
                {
                    context.HandleResponse();
                    await new Problem(
                        StatusCodes.Status401Unauthorized, ApiProblem.Unauthorized,
                        "signing in has failed or took too long; begin again at /login").ExecuteAsync(context.HttpContext);
                },
                OnTokenValidated = context =>
                {
                    if (Named(
                        CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!,
                        signIn.TenantClaim, signIn.ScopeClaim, Scope.Read) is { } caller)
                    {
                        context.Principal = caller;
                    }
                    else context.Fail("the provider names no tenant");
                    return Task.CompletedTask;
                },
            };
        });

    // Null where no tenant is named, or one that none can be.
    private static ClaimsPrincipal? Named(string scheme, ClaimsPrincipal principal, string tenantClaim, string scopeClaim, string? standard)
    {
        if (principal.FindFirstValue(tenantClaim) is not { } tenant || !RenderJobId.IsId(tenant)) return null;
        string[] scopes = [.. principal.FindAll(scopeClaim).SelectMany(claim => claim.Value.Split(' ')).Where(Scope.All.Contains)];
        if (scopes.Length == 0 && standard is not null) scopes = [standard];
        return new ClaimsPrincipal(Caller.Identity(scheme, tenant, principal.FindFirstValue("sub") ?? "", scopes));
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    // A page of this service, and no other: "//host" would lead elsewhere.
    private static bool IsHere(string? address) => address is ['/', ..] and not ['/', '/' or '\\', ..];

    private static void Limit(RateLimiterOptions limiter, IdentityOptions identity)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (context, _) =>
        {
            TimeSpan wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan known) ? known : TimeSpan.FromSeconds(1);
            context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
        {
            if (http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                return RateLimitPartition.GetNoLimiter("");
            bool isKnown = http.User.Identity?.IsAuthenticated == true;
            if (isKnown && Caller.Of(http).IsLocal) return RateLimitPartition.GetNoLimiter("");
            // Of those that nobody knows, by where they are: guessing keys is slow.
            string whose = isKnown ? $"tenant {Caller.Of(http).Tenant}" : $"address {http.Connection.RemoteIpAddress}";
            return RateLimitPartition.GetTokenBucketLimiter(whose, _ => Bucket(identity));
        });
    }

    private static TokenBucketRateLimiterOptions Bucket(IdentityOptions identity)
    {
        // Whole tokens: where there are few a second, the period is as long as one takes.
        double period = Math.Max(1, 1 / identity.RequestsPerSecond);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = identity.RequestBurst,
            TokensPerPeriod = Math.Max(1, (int)(identity.RequestsPerSecond * period)),
            ReplenishmentPeriod = TimeSpan.FromSeconds(period),
            QueueLimit = 0,
        };
    }
}
