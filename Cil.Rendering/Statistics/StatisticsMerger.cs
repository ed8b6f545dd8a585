using Cil.Diffusion.AnalyticInit;
using Cil.Grains.Statistics;
using Cil.Interfaces.Chunks;

namespace Cil.Rendering.Statistics;

/// <summary>Adds up moments in the shards' order. Sums are the processor's, in float64.</summary>
internal sealed class StatisticsMerger : IStatisticsMerger
{
    public Task<byte[]> MergeAsync(StatisticsPlan plan, IReadOnlyList<ReadOnlyMemory<byte>> shards) => Task.Run(() =>
    {
        LatentMoments first = LatentMoments.FromBytes("shard 0", shards[0].ToArray());
        var builder = new StatisticsBuilder(first.Shape, plan.Clips, plan.ClipsPerShard, plan.Rank);
        for (int index = 0; index < shards.Count; index++)
            builder.Add(builder.Shards[index], index == 0 ? first : LatentMoments.FromBytes($"shard {index}", shards[index].ToArray()));
        return builder.Build().ToBytes();
    });
}
