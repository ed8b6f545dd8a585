using Cil.Api.Identity;
using Cil.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Cil.Api.Tests.Identity;

public sealed class ApiKeyStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-keys-").FullName;
    private readonly FakeTimeProvider clock = new();
    private readonly ApiKeyStore keys, elsewhere;

    public ApiKeyStoreTests()
    {
        keys = new ApiKeyStore(new FileBlobStore(folder), clock);
        elsewhere = new ApiKeyStore(new FileBlobStore(folder), clock);
    }

    [Fact]
    public async Task Key_IsFoundByItsTextAlone_AndNeverStored()
    {
        ApiKeyText text = await keys.CreateAsync("studio", "of the pipeline", [Scope.Render]);

        ApiKey key = (await keys.FindAsync(ApiKeyText.Parse(text.ToString())!, default))!;

        Assert.Equal(("studio", "of the pipeline"), (key.Tenant, key.Name));
        Assert.Null(await keys.FindAsync(text with { Secret = new string('A', 43) }, default));
        Assert.Null(await keys.FindAsync(text with { Id = "0123456789abcdef" }, default));
        string stored = await File.ReadAllTextAsync(Path.Combine(folder, "keys", $"{text.Id}.json"));
        Assert.DoesNotContain(text.Secret, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_ThatAnotherProcessRevokes_IsTakenForSecondsAtMost()
    {
        ApiKeyText text = await keys.CreateAsync("studio", "", [Scope.Render]);
        Assert.NotNull(await keys.FindAsync(text, default));
        _ = await elsewhere.RevokeAsync(text.Id);

        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await keys.FindAsync(text, default));
        Assert.True(await keys.AnyAsync());
    }

    [Fact]
    public async Task Tenant_HasTwoLiveKeys_AndAThirdAfterOneIsRevoked()
    {
        ApiKeyText first = await keys.CreateAsync("studio", "", [Scope.Render]);
        _ = await keys.CreateAsync("studio", "", [Scope.Render]);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => keys.CreateAsync("studio", "", [Scope.Render]));
        _ = await keys.RevokeAsync(first.Id);
        _ = await keys.CreateAsync("studio", "", [Scope.Render]);

        Assert.Equal("studio has 2 live keys, as many as may; revoke one first", error.Message);
        Assert.Equal(3, (await keys.ListAsync()).Count);
    }

    [Fact]
    public async Task Key_WhoseBlobIsDamaged_IsNone()
    {
        ApiKeyText text = await keys.CreateAsync("studio", "", [Scope.Render]);
        await File.WriteAllTextAsync(Path.Combine(folder, "keys", $"{text.Id}.json"), "{\"id\":");

        Assert.Null(await elsewhere.FindAsync(text, default));
        Assert.Empty(await elsewhere.ListAsync());
        Assert.True(await elsewhere.AnyAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("cil_")]
    [InlineData("cil_0123456789abcdeg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cil_../../../../../x_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cil_0123456789abcdef_AAAA")]
    public void Text_ThatIsNoKey_IsNone(string text) => Assert.Null(ApiKeyText.Parse(text));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
