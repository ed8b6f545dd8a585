using System.Diagnostics;
using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>
/// Blobs in Azure storage (Azurite) that is now and then slow, refuses, loses its answer, is asked twice, or is out of reach for
/// some seconds; membership in its tables, which are left alone.
/// </summary>
internal sealed class AzureSite : IFaultSite
{
    private const string Container = "cil";

    // Of all requests. What is never answered holds a grain's turn for as long as the store's patience lasts: seldom.
    private static readonly (StorageFault Fault, double Part)[] Parts =
    [
        (StorageFault.Refused, 0.02), (StorageFault.AnswerLost, 0.01), (StorageFault.Twice, 0.01), (StorageFault.Slow, 0.02), (StorageFault.Hangs, 0.0005),
    ];

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1), Outage = TimeSpan.FromSeconds(4), OutageEvery = TimeSpan.FromSeconds(45);

    private readonly AzuriteServer azurite;
    private readonly Random random;
    private readonly int[] counts = new int[Parts.Length + 1];
    private UnsteadyProxy proxy = null!;
    private BlobContainerClient container = null!;
    private long begun, requests;
    private int outages;

    private AzureSite(AzuriteServer azurite, int seed) => (this.azurite, random) = (azurite, new Random(seed));

    public string Name => "Azure blobs that go wrong, membership in Azure tables";

    public string Data => AzuriteServer.Connection(proxy.Address, azurite.Tables);

    public string Cluster => $"azure={AzuriteServer.Connection(azurite.Blobs, azurite.Tables)}";

    internal static async Task<AzureSite> StartAsync(string folder, int seed)
    {
        AzuriteServer azurite = await AzuriteServer.StartAsync(Path.Combine(folder, "azurite"));
        var site = new AzureSite(azurite, seed);
        site.proxy = await UnsteadyProxy.StartAsync(azurite.Blobs, _ => site.Decide(), Slow);
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

    public void Begin() => Interlocked.Exchange(ref begun, Stopwatch.GetTimestamp());

    public void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  storage: {requests} requests, of which {string.Join(", ", Parts.Select((part, index) => $"{counts[index]} {Words(part.Fault)}"))}; {outages} outages of {Outage.TotalSeconds} s that refused {counts[^1]}"));

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await azurite.DisposeAsync();
    }

    private static string Words(StorageFault fault) => fault switch
    {
        StorageFault.Refused => "refused",
        StorageFault.AnswerLost => "done without an answer",
        StorageFault.Twice => "done twice",
        StorageFault.Slow => $"slow by {Slow.TotalSeconds} s",
        _ => "never answered",
    };

    private StorageFault Decide()
    {
        lock (random)
        {
            requests++;
            if (begun == 0) return StorageFault.None;
            TimeSpan since = Stopwatch.GetElapsedTime(begun);
            int outage = (int)(since / OutageEvery);
            // At the end of each stretch.
            if (since - (outage * OutageEvery) > OutageEvery - Outage)
            {
                outages = outage + 1;
                counts[^1]++;
                return StorageFault.Refused;
            }

            double drawn = random.NextDouble();
            for (int index = 0; index < Parts.Length; index++)
            {
                if (drawn < Parts[index].Part)
                {
                    counts[index]++;
                    return Parts[index].Fault;
                }

                drawn -= Parts[index].Part;
            }

            return StorageFault.None;
        }
    }
}
