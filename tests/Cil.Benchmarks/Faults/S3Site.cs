using System.Globalization;
using Amazon.Runtime;
using Cil.Storage;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>Blobs in S3 (Ceph's gateway) behind a proxy that lets requests go wrong; membership in Redis.</summary>
internal sealed class S3Site : IFaultSite
{
    private const string Bucket = "cil";

    private readonly RedisServer redis;
    private readonly RadosGateway gateway;
    private readonly UnsteadyProxy proxy;
    private readonly S3BlobStore beside;
    private readonly StorageFaults faults;

    private S3Site(RedisServer redis, RadosGateway gateway, UnsteadyProxy proxy, S3BlobStore beside, StorageFaults faults) =>
        (this.redis, this.gateway, this.proxy, this.beside, this.faults) = (redis, gateway, proxy, beside, faults);

    public string Name => "S3 blobs that go wrong, membership in Redis";

    public string Data => $"s3://{Bucket}?endpoint={proxy.Address.ToString().TrimEnd('/')}";

    public string Cluster => string.Create(CultureInfo.InvariantCulture, $"redis=127.0.0.1:{redis.Port}");

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = gateway.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = gateway.SecretKey,
    };

    /// <summary>Null where Redis is not installed.</summary>
    internal static async Task<S3Site?> StartAsync(string folder, int seed)
    {
        if (RedisServer.Start(folder) is not { } redis) return null;
        var faults = new StorageFaults(seed);
        RadosGateway gateway = await RadosGateway.StartAsync();
        UnsteadyProxy proxy = await UnsteadyProxy.StartAsync(gateway.Address, _ => faults.Decide(), StorageFaults.Slow);
        S3BlobStore beside = await S3BlobStore.OpenAsync(
            new S3Location(Bucket, gateway.Address), new BasicAWSCredentials(gateway.AccessKey, gateway.SecretKey));
        return new S3Site(redis, gateway, proxy, beside, faults);
    }

    public byte[]? Read(string blob) => beside.GetAsync(blob).GetAwaiter().GetResult()?.Content.ToArray();

    public void Begin() => faults.Begin();

    public void Print() => faults.Print();

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        beside.Dispose();
        await gateway.DisposeAsync();
        redis.Dispose();
    }
}
