namespace Cil.Diffusion.AnalyticInit;

/// <summary>
/// Principal components of clips that are far fewer than their numbers: from the clips' Gram matrix, whose eigenvalues are the
/// covariance's. In float64 and without libtorch, which the coordinator that calls this does not have.
/// </summary>
internal static class PrincipalComponents
{
    // Of the largest: what is below it is rounding.
    private const double Smallest = 1e-9;
    private const int MostSweeps = 60;

    /// <param name="clips">Latents, row-major, of one length.</param>
    /// <param name="mean">E[X0].</param>
    /// <param name="rank">Components that are wanted; there are fewer where the clips vary in fewer directions.</param>
    internal static LatentComponents Of(IReadOnlyList<float[]> clips, double[] mean, int rank)
    {
        float[][] centred = [.. clips.Select(clip => Centred(clip, mean))];
        int count = centred.Length;
        double[,] gram = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++) gram[i, j] = gram[j, i] = Dot(centred[i], centred[j]) / count;
        }

        (double[] values, double[,] vectors) = Eigen(gram);
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(i => values[i])];
        int[] kept = [.. order.Where(i => values[i] > Smallest * values[order[0]] && values[i] > 0).Take(rank)];
        float[] directions = new float[kept.Length * mean.Length];
        for (int k = 0; k < kept.Length; k++)
        {
            double[] direction = new double[mean.Length];
            for (int clip = 0; clip < count; clip++)
            {
                double weight = vectors[clip, kept[k]];
                for (int at = 0; at < direction.Length; at++) direction[at] += weight * centred[clip][at];
            }

            // Of the two directions the one whose sum is positive, so that the same clips give the same file.
            double length = Math.Sqrt(direction.Sum(x => x * x)) * (direction.Sum() < 0 ? -1 : 1);
            for (int at = 0; at < direction.Length; at++) directions[(k * direction.Length) + at] = (float)(direction[at] / length);
        }

        return new LatentComponents(directions, [.. kept.Select(i => values[i])]);
    }

    private static float[] Centred(float[] clip, double[] mean)
    {
        float[] centred = new float[clip.Length];
        for (int i = 0; i < clip.Length; i++) centred[i] = (float)(clip[i] - mean[i]);
        return centred;
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    // Cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.5).
    private static (double[] Values, double[,] Vectors) Eigen(double[,] a)
    {
        int n = a.GetLength(0);
        double[,] vectors = new double[n, n];
        for (int i = 0; i < n; i++) vectors[i, i] = 1;
        double scale = Enumerable.Range(0, n).Sum(i => Math.Abs(a[i, i]));
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            double off = 0;
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++) off = Math.Max(off, Math.Abs(a[p, q]));
            }

            if (off <= 1e-14 * scale) break;
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++) Rotate(a, vectors, p, q);
            }
        }

        return ([.. Enumerable.Range(0, n).Select(i => a[i, i])], vectors);
    }

    private static void Rotate(double[,] a, double[,] vectors, int p, int q)
    {
        if (a[p, q] == 0) return;
        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        double t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double c = 1 / Math.Sqrt((t * t) + 1), s = t * c;
        int n = a.GetLength(0);
        for (int k = 0; k < n; k++) (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        for (int k = 0; k < n; k++)
        {
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
            (vectors[k, p], vectors[k, q]) = ((c * vectors[k, p]) - (s * vectors[k, q]), (s * vectors[k, p]) + (c * vectors[k, q]));
        }
    }
}
