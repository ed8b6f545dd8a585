namespace Cil.Evaluation.Table;

/// <summary>Intervals by drawing clips again, with replacement (Efron, 1979): percentiles 2.5 and 97.5.</summary>
public static class Bootstrap
{
    public const int Draws = 10_000;

    private const double Tail = 0.025;

    /// <summary>The mean over clips.</summary>
    public static Interval Mean(IReadOnlyList<double> values) =>
        Of(values.Count, Draws, chosen => chosen.Sum(i => values[i]) / chosen.Length);

    /// <summary>The mean difference of two systems on the same clips.</summary>
    /// <exception cref="ArgumentException">They have not as many clips.</exception>
    public static Interval Difference(IReadOnlyList<double> first, IReadOnlyList<double> second) => first.Count == second.Count
        ? Mean([.. first.Zip(second, (a, b) => a - b)])
        : throw new ArgumentException($"clips: expected as many of both, got {first.Count} and {second.Count}", nameof(second));

    /// <summary>A ratio of sums over clips.</summary>
    public static Interval Ratio(IReadOnlyList<(double Above, double Below)> sums) =>
        Of(sums.Count, Draws, chosen => Divide(chosen.Select(i => sums[i])));

    /// <summary>The difference of two such ratios on the same clips.</summary>
    public static Interval RatioDifference(
        IReadOnlyList<(double Above, double Below)> first, IReadOnlyList<(double Above, double Below)> second) =>
        Of(first.Count, Draws, chosen => Divide(chosen.Select(i => first[i])) - Divide(chosen.Select(i => second[i])));

    private static double Divide(IEnumerable<(double Above, double Below)> sums)
    {
        (double above, double below) = (0, 0);
        foreach ((double Above, double Below) each in sums) (above, below) = (above + each.Above, below + each.Below);
        return above / below;
    }

    // From one seed: the same scores give the same interval.
    internal static Interval Of(int count, int draws, Func<int[], double> statistic)
    {
        if (count < 2) throw new ArgumentException($"clips: expected at least 2, got {count}", nameof(count));
        var random = new Random(1);
        double[] drawn = new double[draws];
        int[] chosen = new int[count];
        for (int draw = 0; draw < draws; draw++)
        {
            for (int i = 0; i < count; i++) chosen[i] = random.Next(count);
            drawn[draw] = statistic(chosen);
        }

        Array.Sort(drawn);
        return new Interval(statistic([.. Enumerable.Range(0, count)]), drawn[(int)(Tail * draws)], drawn[(int)((1 - Tail) * draws) - 1]);
    }
}
