namespace Cil.Evaluation.Metrics;

/// <summary>Inception Score: exp of the mean, over samples, of KL(p(y|x) ‖ p(y)).</summary>
public static class InceptionScore
{
    /// <summary>The score over equal consecutive splits: mean and population standard deviation.</summary>
    /// <param name="logits">Samples × classes, before the softmax.</param>
    /// <exception cref="ArgumentException">The samples do not divide into the splits.</exception>
    public static (double Mean, double Deviation) Compute(float[,] logits, int splits = 1)
    {
        int n = logits.GetLength(0);
        if (splits < 1 || n == 0 || n % splits != 0)
        {
            throw new ArgumentException($"splits: expected a divisor of {n} samples, got {splits}.", nameof(splits));
        }

        int size = n / splits;
        var scores = Enumerable.Range(0, splits).Select(s => Score(logits, s * size, size)).ToList();
        double mean = scores.Average();
        return (mean, Math.Sqrt(scores.Average(s => (s - mean) * (s - mean))));
    }

    private static double Score(float[,] logits, int from, int count)
    {
        int classes = logits.GetLength(1);
        var rows = Enumerable.Range(from, count).Select(i => Softmax(logits, i, classes)).ToList();
        double[] average = new double[classes];
        foreach (double[]? row in rows)
        {
            for (int c = 0; c < classes; c++) average[c] += row[c] / count;
        }

        // 0 log 0 = 0.
        return Math.Exp(rows.Average(row => row.Select((p, c) => p > 0 ? p * Math.Log(p / average[c]) : 0).Sum()));
    }

    private static double[] Softmax(float[,] logits, int row, int classes)
    {
        float highest = Enumerable.Range(0, classes).Max(c => logits[row, c]);
        double[] exponents = Enumerable.Range(0, classes).Select(c => Math.Exp(logits[row, c] - (double)highest)).ToArray();
        double sum = exponents.Sum();
        return Array.ConvertAll(exponents, e => e / sum);
    }
}
