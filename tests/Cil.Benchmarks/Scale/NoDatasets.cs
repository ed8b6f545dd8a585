using Cil.Grains.Statistics;
using Cil.Interfaces.Chunks;

namespace Cil.Benchmarks.Scale;

/// <summary>No data set is there.</summary>
internal sealed class NoDatasets : IDatasetCatalog, IStatisticsMerger
{
    public IReadOnlyList<string> Names => [];

    public DatasetDescription? Find(string name) => null;

    public Task<byte[]> MergeAsync(StatisticsPlan plan, IReadOnlyList<ReadOnlyMemory<byte>> shards) =>
        throw new NotSupportedException("nothing is measured here");
}
