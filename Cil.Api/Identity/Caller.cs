using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Identity;

/// <summary>Who asks. The tenant comes from the key, the token or the sign-in, never from a field.</summary>
/// <param name="Tenant">Whose jobs these are.</param>
/// <param name="Name">The key's id, or the subject of the token.</param>
/// <param name="IsOperator">Whether all tenants' jobs may be seen.</param>
/// <param name="IsLocal">A program of this machine, where there are no keys.</param>
internal sealed record Caller(string Tenant, string Name, bool IsOperator, bool IsLocal)
{
    internal const string TenantClaim = "cil.tenant", ScopeClaim = "cil.scope", NameClaim = "cil.name";

    /// <summary>The tenant of a program of this machine that says nothing else.</summary>
    internal const string LocalTenant = "default";

    private const string LocalName = "local";

    internal static Caller Of(HttpContext http)
    {
        ClaimsPrincipal user = http.User;
        string tenant = user.FindFirstValue(TenantClaim) ?? throw new InvalidOperationException("this address may be asked for by anybody");
        string name = user.FindFirstValue(NameClaim) ?? "";
        return new Caller(tenant, name, user.HasClaim(ScopeClaim, Scope.Operator), name == LocalName);
    }

    /// <summary>Whether a job of that tenant is there for the caller.</summary>
    internal bool Sees(string tenant) => IsOperator || tenant == Tenant;

    internal static ClaimsIdentity Identity(string scheme, string tenant, string name, IEnumerable<string> scopes) =>
        new([new Claim(TenantClaim, tenant), new Claim(NameClaim, name), .. scopes.Select(scope => new Claim(ScopeClaim, scope))], scheme);

    internal static ClaimsIdentity Local(string scheme) => Identity(scheme, LocalTenant, LocalName, Scope.All);
}
