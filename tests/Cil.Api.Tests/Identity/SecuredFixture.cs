using Cil.Api.Identity;

namespace Cil.Api.Tests.Identity;

/// <summary>Two tenants, one of them with a key that only reads, and an operator.</summary>
public sealed class SecuredFixture : IAsyncLifetime
{
    internal SecuredService Secured { get; } = new();

    internal HttpClient Studio { get; private set; } = null!;

    internal HttpClient Reader { get; private set; } = null!;

    internal HttpClient Other { get; private set; } = null!;

    internal HttpClient Operator { get; private set; } = null!;

    internal ApiKeyText Revoked { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Revoked = await Secured.Keys.CreateAsync("studio", "old", [Scope.Render]);
        _ = await Secured.Keys.RevokeAsync(Revoked.Id);
        _ = await Secured.StartAsync();
        Studio = await Secured.ClientAsync("studio", Scope.Render);
        Reader = await Secured.ClientAsync("studio", Scope.Read);
        Other = await Secured.ClientAsync("other", Scope.Render);
        Operator = await Secured.ClientAsync("farm", Scope.Operator);
    }

    public async Task DisposeAsync() => await Secured.DisposeAsync();
}
