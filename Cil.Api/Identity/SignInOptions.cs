namespace Cil.Api.Identity;

/// <summary>How people sign in.</summary>
public sealed class SignInOptions
{
    /// <summary>The provider: the address below which /.well-known/openid-configuration lies.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string? ClientSecret { get; set; }

    /// <summary>The claim that names the tenant. Default "tenant".</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim with the scopes, separated by spaces; without it a person may read. Default "scope".</summary>
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>Whether the provider must be reached over HTTPS. Default true.</summary>
    public bool RequireHttps { get; set; } = true;
}
