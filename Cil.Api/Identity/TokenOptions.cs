namespace Cil.Api.Identity;

/// <summary>Which tokens (JWT) are taken.</summary>
public sealed class TokenOptions
{
    /// <summary>Who issues them: the address below which /.well-known/openid-configuration lies.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Whom they are issued for.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the tenant. Default "tenant".</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim with the scopes, separated by spaces. Default "scope".</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>Whether the authority must be reached over HTTPS. Default true.</summary>
    public bool RequireHttps { get; set; } = true;
}
