namespace Cil.Diffusion.AnalyticInit;

/// <summary>
/// Sums of latents and of their squares over clips, element by element in float64, from which E[X0] and the mean
/// variance follow. Shards are merged in the order they are given, so that the result does not depend on who did what.
/// </summary>
public sealed class LatentMoments
{
    private readonly double[] sum, squares;

    /// <param name="shape">One clip's latents: (C, T, h, w).</param>
    public LatentMoments(params long[] shape)
    {
        Shape = [.. shape];
        long size = shape.Aggregate(1L, (product, axis) => product * axis);
        (sum, squares) = (new double[size], new double[size]);
    }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>Clips counted so far.</summary>
    public long Clips { get; private set; }

    /// <param name="latents">One clip, row-major, already multiplied by the scaling factor.</param>
    public void Add(ReadOnlySpan<float> latents)
    {
        if (latents.Length != sum.Length)
            throw new StatisticsException($"latents: expected ({string.Join(", ", Shape)}) = {sum.Length} numbers, got {latents.Length}");
        for (int i = 0; i < sum.Length; i++)
        {
            double value = latents[i];
            sum[i] += value;
            squares[i] += value * value;
        }

        Clips++;
    }

    /// <summary>Adds another shard's sums to this one's.</summary>
    public void Merge(LatentMoments other)
    {
        if (!Shape.SequenceEqual(other.Shape))
            throw new StatisticsException($"shard: expected ({string.Join(", ", Shape)}), got ({string.Join(", ", other.Shape)})");
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += other.sum[i];
            squares[i] += other.squares[i];
        }

        Clips += other.Clips;
    }

    /// <summary>E[X0], element by element.</summary>
    public double[] Expectation() => [.. sum.Select(value => value / Clips)];

    /// <summary>v: the population variance, averaged over all elements.</summary>
    public double MeanVariance()
    {
        double total = 0;
        for (int i = 0; i < sum.Length; i++)
        {
            double mean = sum[i] / Clips;
            total += (squares[i] / Clips) - (mean * mean);
        }

        return total / sum.Length;
    }
}
