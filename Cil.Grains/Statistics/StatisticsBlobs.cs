using Cil.Grains.Blobs;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Storage;

namespace Cil.Grains.Statistics;

/// <summary>The blobs of one measurement beside its state: its mark, the shards' moments, and the statistics.</summary>
internal sealed class StatisticsBlobs(RenderJobId id, IBlobStore blobs, IStatisticsMerger merger)
{
    internal Task MarkUnfinishedAsync() => blobs.PutAsync(BlobNames.UnfinishedStatistics(id), ReadOnlyMemory<byte>.Empty);

    internal Task UnmarkAsync() => blobs.DeleteAsync(BlobNames.UnfinishedStatistics(id));

    /// <summary>Merges all shards' moments, and stores the result.</summary>
    /// <returns>The blob of the statistics.</returns>
    /// <exception cref="InvalidOperationException">The moments of a shard are missing, or do not fit the others.</exception>
    internal async Task<string> MergeAsync(StatisticsPlan plan, IReadOnlyList<ChunkState> shards)
    {
        var moments = new List<ReadOnlyMemory<byte>>();
        foreach (ChunkState shard in shards)
        {
            Blob? blob = await blobs.GetAsync(shard.OutputBlob!);
            moments.Add((blob ?? throw new InvalidOperationException($"{shard.OutputBlob}: the shard's moments are missing")).Content);
        }

        string name = BlobNames.Statistics(id);
        _ = await blobs.PutAsync(name, await merger.MergeAsync(plan, moments));
        return name;
    }

    internal Task DeleteAsync(string name) => blobs.DeleteAsync(name);

    internal async Task DeleteMomentsAsync()
    {
        await foreach (string name in blobs.ListAsync(BlobNames.StatisticsWork(id))) _ = await blobs.DeleteAsync(name);
    }
}
