namespace Cil.Diffusion.AnalyticInit;

/// <summary>A run of neighbouring clips that one worker measures.</summary>
/// <param name="Index">Its place in the order of merging.</param>
public readonly record struct StatisticsShard(int Index, int FirstClip, int Clips)
{
    /// <summary>Cuts clips into shards, the last one shorter where they do not divide.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public static IReadOnlyList<StatisticsShard> Cut(int clips, int clipsPerShard)
    {
        if (clips < 1) throw new ArgumentOutOfRangeException(nameof(clips), clips, $"clips: must be at least 1, got {clips}");
        if (clipsPerShard < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(clipsPerShard), clipsPerShard, $"clips per shard: must be at least 1, got {clipsPerShard}");
        }

        int count = ((clips - 1) / clipsPerShard) + 1;
        return [.. Enumerable.Range(0, count)
            .Select(i => new StatisticsShard(i, i * clipsPerShard, Math.Min(clipsPerShard, clips - (i * clipsPerShard))))];
    }
}
