using Cil.Grains.Statistics;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Tests.Grid;

/// <summary>Statistics that are the shards one after the other; a shard that says 255 fits to no other.</summary>
internal sealed class FakeMerger : IStatisticsMerger
{
    public Task<byte[]> MergeAsync(StatisticsPlan plan, IReadOnlyList<ReadOnlyMemory<byte>> shards)
    {
        byte[] all = [.. shards.SelectMany(shard => shard.ToArray())];
        return all.Contains((byte)255) ? throw new InvalidOperationException("shards that do not fit together") : Task.FromResult(all);
    }
}
