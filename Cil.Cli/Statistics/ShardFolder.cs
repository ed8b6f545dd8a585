using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cil.Diffusion.AnalyticInit;

namespace Cil.Cli.Statistics;

/// <summary>Shards that are measured already, kept beside the output until it is written.</summary>
/// <param name="path">The folder; made when the first shard is kept.</param>
/// <param name="recipe">All that the numbers depend on: shards of another recipe are not taken.</param>
internal sealed class ShardFolder(string path, string recipe)
{
    private readonly string mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..12];

    internal LatentMoments? Find(StatisticsShard shard) => File.Exists(At(shard)) ? LatentMoments.FromBytes(At(shard), File.ReadAllBytes(At(shard))) : null;

    internal void Keep(StatisticsShard shard, LatentMoments moments)
    {
        if (File.Exists(At(shard))) return;
        Directory.CreateDirectory(path);
        string partial = At(shard) + ".partial";
        File.WriteAllBytes(partial, moments.ToBytes());
        File.Move(partial, At(shard));
    }

    internal void Delete()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private string At(StatisticsShard shard) => Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{mark}-{shard.Index:D5}.safetensors"));
}
