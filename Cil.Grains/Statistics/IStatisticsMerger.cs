using Cil.Interfaces.Chunks;

namespace Cil.Grains.Statistics;

/// <summary>The port to the code that merges moments.</summary>
public interface IStatisticsMerger
{
    /// <summary>Merges shards in their order, so that the result does not depend on who measured what.</summary>
    /// <param name="shards">The moments of each of the plan's shards, in that order.</param>
    /// <returns>The statistics file's bytes.</returns>
    Task<byte[]> MergeAsync(StatisticsPlan plan, IReadOnlyList<ReadOnlyMemory<byte>> shards);
}
