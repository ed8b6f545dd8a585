using Cil.Api.Http;
using Cil.Client.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Cil.Api.Identity;

/// <summary>Who asks: what the page shows and offers by it.</summary>
internal static class SessionRoutes
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/api/session", Show).AllowAnonymous()
            .Describe<ApiSession>("getSession", "Who asks, and whether there is a sign-in; answered to everybody");

    private static IResult Show(HttpContext http, IOptions<IdentityOptions> options)
    {
        http.Response.Headers.CacheControl = "no-store";
        bool hasSignIn = options.Value.OpenIdConnect is not null;
        if (http.User.Identity?.IsAuthenticated != true) return Routes.Json(new ApiSession(null, null, [], IsLocal: false, hasSignIn));
        Caller caller = Caller.Of(http);
        string[] scopes = [.. http.User.FindAll(Caller.ScopeClaim).Select(claim => claim.Value)];
        return Routes.Json(new ApiSession(caller.Tenant, caller.Name, scopes, caller.IsLocal, hasSignIn));
    }
}
