using System.Globalization;
using Cil.Api.Identity;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults.Network;

/// <summary>A folder that all silos share, and a Redis that they reach over the network that fails.</summary>
internal sealed class NetworkSite : IFaultSite
{
    private readonly SiloNetwork network;
    private readonly RedisServer redis;

    private NetworkSite(SiloNetwork network, string data, RedisServer redis) => (this.network, Data, this.redis) = (network, data, redis);

    public string Name => "a folder, membership in Redis over the network, each silo in a namespace of its own";

    public string Data { get; }

    public string Cluster => string.Create(CultureInfo.InvariantCulture, $"redis={SiloNetwork.Address(SiloNetwork.Machine)}:{redis.Port}");

    public string Key { get; } = ApiKeyText.New().ToString();

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["Cil__Identity__OperatorKey"] = Key };

    internal PacketRouter Router => network.Router;

    /// <summary>Null, with a reason, where it cannot be had.</summary>
    internal static NetworkSite? Start(string folder, IReadOnlyList<string> silos, int seed, out string reason)
    {
        if (SiloNetwork.TryCreate(silos, seed, out reason) is not { } network) return null;
        if (RedisServer.Start(folder, address: SiloNetwork.Address(SiloNetwork.Machine)) is { } redis)
            return new NetworkSite(network, Path.Combine(folder, "data"), redis);
        network.Dispose();
        reason = "redis-server is not installed (apt-get install redis-server)";
        return null;
    }

    public byte[]? Read(string blob) => FolderSite.ReadFile(Path.Combine(Data, blob));

    public void Begin()
    {
    }

    public void Print()
    {
        (long passed, long lost, long delayed) = Router.Counts;
        Console.WriteLine($"  network: {passed} packets passed, of which {delayed} were delayed; {lost} lost");
    }

    public SiloPlace PlaceOf(string silo) => new(SiloNetwork.Prefix(silo), SiloNetwork.Address(network.HostOf(silo)));

    internal int HostOf(string silo) => network.HostOf(silo);

    public ValueTask DisposeAsync()
    {
        redis.Dispose();
        network.Dispose();
        return ValueTask.CompletedTask;
    }
}
