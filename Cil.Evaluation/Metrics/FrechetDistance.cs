using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Metrics;

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
            throw new ArgumentException($"samples: expected at least 2 in each set, got {first.GetLength(0)} and {second.GetLength(0)}.");
        if (first.GetLength(1) != second.GetLength(1))
            throw new ArgumentException($"features: expected equal counts, got {first.GetLength(1)} and {second.GetLength(1)}.");
        using DisposeScope scope = NewDisposeScope();
        (Tensor mean1, Tensor covariance1) = Fit(first);
        (Tensor mean2, Tensor covariance2) = Fit(second);
        // tr (C1 C2)^½ is the sum of the roots of the eigenvalues of C1^½ C2 C1^½, which is symmetric.
        Tensor root = SquareRoot(covariance1);
        Tensor product = root.mm(covariance2).mm(root);
        // Eigenvalues that rounding made negative count as 0.
        Tensor traceOfRoot = linalg.eigvalsh(product).clamp_min(0).sqrt().sum();
        return ((mean1 - mean2).square().sum() + covariance1.trace() + covariance2.trace() - (2 * traceOfRoot)).item<double>();
    }

    private static (Tensor Mean, Tensor Covariance) Fit(float[,] samples)
    {
        Tensor values = from_array(samples).to(float64); // (N, d)
        Tensor mean = values.mean([0]), centred = values - mean;
        return (mean, centred.t().mm(centred) / (samples.GetLength(0) - 1));
    }

    private static Tensor SquareRoot(Tensor symmetric)
    {
        (Tensor values, Tensor vectors) = linalg.eigh(symmetric);
        return (vectors * values.clamp_min(0).sqrt()).mm(vectors.t());
    }
}
