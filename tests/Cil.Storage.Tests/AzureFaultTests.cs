namespace Cil.Storage.Tests;

/// <summary>A store in Azure, as the product opens it, over Azurite.</summary>
public sealed class AzureFaultTests(Azurite azurite) : StorageFaultSuite, IClassFixture<Azurite>
{
    protected override Uri Service => azurite.Blobs;

    protected override async Task<IBlobStore> OpenAsync(Uri address) =>
        await AzureBlobStore.OpenAsync(azurite.Through(address), "faults", Timeout);
}
