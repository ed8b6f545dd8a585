using Azure;
using Azure.Storage.Blobs;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>
/// Blobs in Azure storage (Azurite) behind a proxy that lets requests go wrong; membership in its tables, which are left
/// alone.
/// </summary>
internal sealed class AzureSite : IFaultSite
{
    private const string Container = "cil";

    private readonly AzuriteServer azurite;
    private readonly StorageFaults faults;
    private UnsteadyProxy proxy = null!;
    private BlobContainerClient container = null!;

    private AzureSite(AzuriteServer azurite, int seed) => (this.azurite, faults) = (azurite, new StorageFaults(seed));

    public string Name => "Azure blobs that go wrong, membership in Azure tables";

    public string Data => AzuriteServer.Connection(proxy.Address, azurite.Tables);

    public string Cluster => $"azure={AzuriteServer.Connection(azurite.Blobs, azurite.Tables)}";

    internal static async Task<AzureSite> StartAsync(string folder, int seed)
    {
        AzuriteServer azurite = await AzuriteServer.StartAsync(Path.Combine(folder, "azurite"));
        var site = new AzureSite(azurite, seed);
        site.proxy = await UnsteadyProxy.StartAsync(azurite.Blobs, _ => site.faults.Decide(), StorageFaults.Slow);
        site.container = new BlobContainerClient(AzuriteServer.Connection(azurite.Blobs, azurite.Tables), Container);
        return site;
    }

    public byte[]? Read(string blob)
    {
        try
        {
            return container.GetBlobClient(blob).DownloadContent().Value.Content.ToArray();
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    public void Begin() => faults.Begin();

    public void Print() => faults.Print();

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await azurite.DisposeAsync();
    }
}
