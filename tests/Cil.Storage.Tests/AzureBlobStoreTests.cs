
namespace Cil.Storage.Tests;

/// <summary>The real SDK against Azurite, the emulator of the service.</summary>
public sealed class AzureBlobStoreTests(Azurite azurite) : BlobStoreSuite, IClassFixture<Azurite>
{
    protected override async Task<IBlobStore> OpenAsync() =>
        await AzureBlobStore.OpenAsync(azurite.ConnectionString, "cil");
}
