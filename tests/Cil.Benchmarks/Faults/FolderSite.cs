using System.Globalization;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>A folder that all silos share, and Redis for their membership.</summary>
internal sealed class FolderSite : IFaultSite
{
    private readonly RedisServer redis;

    private FolderSite(RedisServer redis, string data) => (this.redis, Data) = (redis, data);

    public string Name => "a folder, membership in Redis";

    public string Data { get; }

    public string Cluster => string.Create(CultureInfo.InvariantCulture, $"redis=127.0.0.1:{redis.Port}");

    /// <summary>Null where Redis is not installed.</summary>
    internal static FolderSite? Start(string folder) =>
        RedisServer.Start(folder) is { } redis ? new FolderSite(redis, Path.Combine(folder, "data")) : null;

    public byte[]? Read(string blob) => ReadFile(Path.Combine(Data, blob));

    /// <summary>A file's content; null while there is none.</summary>
    internal static byte[]? ReadFile(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Begin()
    {
    }

    public void Print()
    {
    }

    public ValueTask DisposeAsync()
    {
        redis.Dispose();
        return ValueTask.CompletedTask;
    }
}
