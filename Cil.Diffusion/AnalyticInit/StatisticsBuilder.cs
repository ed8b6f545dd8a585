using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.AnalyticInit;

/// <summary>
/// Estimates E[X0] and v of a data set (the CIL paper, proposition 1) from shards that any workers measure in any order.
/// Shards are merged in their own order, so that the same clips in the same shards give the same bytes.
/// </summary>
public sealed class StatisticsBuilder
{
    private readonly long[] shape;
    private readonly int rank;
    private readonly LatentMoments?[] measured;

    /// <param name="latents">One clip's latents: (C, T, h, w).</param>
    /// <param name="clips">Clips of the data set.</param>
    /// <param name="clipsPerShard">Part of what rounding depends on: keep it with the statistics' recipe.</param>
    /// <param name="rank">Directions of the largest variance that are measured as well; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1, or the rank below 0.</exception>
    public StatisticsBuilder(IReadOnlyList<long> latents, int clips, int clipsPerShard, int rank = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        shape = [.. latents];
        this.rank = rank;
        Shards = StatisticsShard.Cut(clips, clipsPerShard);
        measured = new LatentMoments?[Shards.Count];
    }

    public IReadOnlyList<StatisticsShard> Shards { get; }

    /// <summary>Shards that are still to be measured.</summary>
    public IEnumerable<StatisticsShard> Missing => Shards.Where(shard => measured[shard.Index] is null);

    /// <summary>Measures one shard.</summary>
    /// <param name="clip">Gives one clip's scaled latents, (C, T, h, w) or with a leading 1; called once for each clip, in order.</param>
    /// <exception cref="StatisticsException">A clip has another shape, or numbers that are not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two clips.</exception>
    public LatentMoments Measure(StatisticsShard shard, Func<int, Tensor> clip, CancellationToken cancellationToken = default)
    {
        var moments = new LatentMoments(rank > 0, shape);
        for (int i = 0; i < shard.Clips; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Tensor latents = clip(shard.FirstClip + i);
            long[] got = latents.dim() == shape.Length + 1 && latents.size(0) == 1 ? latents.shape[1..] : latents.shape;
            if (!got.SequenceEqual(shape))
            {
                throw new StatisticsException(
                    $"clip {shard.FirstClip + i}: expected ({string.Join(", ", shape)}), got ({string.Join(", ", latents.shape)})");
            }

            moments.Add(latents.to(float32).cpu().contiguous().data<float>().ToArray());
        }

        return moments;
    }

    /// <summary>Takes a measured shard in; the order of calls does not matter, and a second result for a shard is ignored.</summary>
    /// <exception cref="StatisticsException">The shard is none of these, or counts other clips.</exception>
    public void Add(StatisticsShard shard, LatentMoments moments)
    {
        if (shard.Index < 0 || shard.Index >= Shards.Count || Shards[shard.Index] != shard)
            throw new StatisticsException($"shard: {shard} is none of the {Shards.Count} shards");
        if (!moments.Shape.SequenceEqual(shape))
        {
            throw new StatisticsException(
                $"shard {shard.Index}: expected ({string.Join(", ", shape)}), got ({string.Join(", ", moments.Shape)})");
        }

        if (moments.Clips != shard.Clips)
            throw new StatisticsException($"shard {shard.Index}: expected {shard.Clips} clips, got {moments.Clips}");
        measured[shard.Index] ??= moments;
    }

    /// <summary>The statistics of all shards.</summary>
    /// <exception cref="StatisticsException">Shards are missing; they are listed.</exception>
    public LatentStatistics Build()
    {
        StatisticsShard[] missing = [.. Missing];
        if (missing.Length > 0)
        {
            throw new StatisticsException(
                $"shards: {missing.Length} of {Shards.Count} are missing: {string.Join(", ", missing.Select(shard => shard.Index))}");
        }

        var all = new LatentMoments(rank > 0, shape);
        foreach (LatentMoments? shard in measured) all.Merge(shard!);
        return LatentStatistics.From(all, rank);
    }
}
