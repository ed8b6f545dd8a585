namespace Cil.Diffusion.Evaluation;

/// <summary>
/// The Fréchet distance between the Gaussians fitted to two sets of features, |m1 − m2|² + tr(C1 + C2 − 2 (C1 C2)^½): FVD
/// where the features are the 400 logits of I3D.
/// </summary>
public static class FrechetDistance
{
    /// <summary>Computes the distance in float64.</summary>
    /// <param name="first">Samples × features.</param>
    /// <param name="second">Samples × features; the same number of features.</param>
    /// <exception cref="ArgumentException">Fewer than two samples, or feature counts that differ.</exception>
    public static double Compute(float[,] first, float[,] second)
    {
        if (first.GetLength(0) < 2 || second.GetLength(0) < 2)
        {
            throw new ArgumentException($"samples: expected at least 2 in each set, got {first.GetLength(0)} and {second.GetLength(0)}.");
        }

        if (first.GetLength(1) != second.GetLength(1))
        {
            throw new ArgumentException($"features: expected equal counts, got {first.GetLength(1)} and {second.GetLength(1)}.");
        }

        var (mean1, covariance1) = Fit(first);
        var (mean2, covariance2) = Fit(second);
        // tr (C1 C2)^½ is the sum of the roots of the eigenvalues of C1^½ C2 C1^½, which is symmetric.
        var root = SymmetricMatrix.SquareRoot(covariance1);
        var product = SymmetricMatrix.Multiply(SymmetricMatrix.Multiply(root, covariance2), root);
        var traceOfRoot = SymmetricMatrix.Eigen(product).Values.Sum(v => Math.Sqrt(Math.Max(0, v)));
        var means = mean1.Zip(mean2, (a, b) => (a - b) * (a - b)).Sum();
        return means + Trace(covariance1) + Trace(covariance2) - (2 * traceOfRoot);
    }

    private static (double[] Mean, double[,] Covariance) Fit(float[,] samples)
    {
        var (n, d) = (samples.GetLength(0), samples.GetLength(1));
        var mean = new double[d];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                mean[j] += (double)samples[i, j] / n;
            }
        }

        var covariance = new double[d, d];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                for (var k = 0; k < d; k++)
                {
                    covariance[j, k] += (samples[i, j] - mean[j]) * (samples[i, k] - mean[k]) / (n - 1);
                }
            }
        }

        return (mean, covariance);
    }

    private static double Trace(double[,] a) => Enumerable.Range(0, a.GetLength(0)).Sum(i => a[i, i]);
}
