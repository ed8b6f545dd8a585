using System.Security.Cryptography;
using System.Text;

namespace Cil.Cli.Statistics;

/// <summary>The grid's data beside the output: goes when the statistics are written, or when no shard was measured.</summary>
internal sealed class ShardFolder(string path) : IDisposable
{
    // As file systems have it.
    private const int MostNameBytes = 255;
    private const string Ending = ".shards";

    internal string Path { get; } = path;

    /// <summary>
    /// The folder for a file of statistics: the same one each time; beside it and named after it, where there is such a name.
    /// </summary>
    internal static string Of(string file)
    {
        string name = System.IO.Path.GetFileName(file);
        if (Encoding.UTF8.GetByteCount(name) + Ending.Length <= MostNameBytes) return file + Ending;
        return System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(file)!, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))) + Ending);
    }

    internal bool IsNeeded { get; set; } = true;

    public void Dispose()
    {
        if (!Directory.Exists(Path)) return;
        bool hasShards = Directory.EnumerateFiles(Path, "*.safetensors", SearchOption.AllDirectories).Any();
        if (!IsNeeded || !hasShards) Directory.Delete(Path, recursive: true);
    }
}
