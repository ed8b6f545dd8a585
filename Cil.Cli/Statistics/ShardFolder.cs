namespace Cil.Cli.Statistics;

/// <summary>The grid's data beside the output: goes when the statistics are written, or when no shard was measured.</summary>
internal sealed class ShardFolder(string path) : IDisposable
{
    internal string Path { get; } = path;

    internal bool IsNeeded { get; set; } = true;

    public void Dispose()
    {
        if (!Directory.Exists(Path)) return;
        bool hasShards = Directory.EnumerateFiles(Path, "*.safetensors", SearchOption.AllDirectories).Any();
        if (!IsNeeded || !hasShards) Directory.Delete(Path, recursive: true);
    }
}
