namespace Cil.Diffusion.Evaluation;

/// <summary>Eigenvalues and functions of small symmetric matrices, in float64.</summary>
internal static class SymmetricMatrix
{
    // Cyclic Jacobi converges quadratically; a matrix of 400 rows needs about ten sweeps.
    private const int MaxSweeps = 60;

    /// <summary>The eigenvalues of a symmetric matrix and, as columns, its eigenvectors.</summary>
    public static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var v = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            v[i, i] = 1;
        }

        for (var sweep = 0; sweep < MaxSweeps && OffDiagonal(a) > 1e-30 * Math.Max(1e-300, Diagonal(a)); sweep++)
        {
            for (var p = 0; p < n - 1; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    Rotate(a, v, p, q);
                }
            }
        }

        return ([.. Enumerable.Range(0, n).Select(i => a[i, i])], v);
    }

    /// <summary>The symmetric square root; eigenvalues that rounding made negative count as 0.</summary>
    public static double[,] SquareRoot(double[,] matrix)
    {
        var (values, vectors) = Eigen(matrix);
        var n = values.Length;
        var root = new double[n, n];
        for (var k = 0; k < n; k++)
        {
            var s = Math.Sqrt(Math.Max(0, values[k]));
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    root[i, j] += s * vectors[i, k] * vectors[j, k];
                }
            }
        }

        return root;
    }

    public static double[,] Multiply(double[,] a, double[,] b)
    {
        var n = a.GetLength(0);
        var product = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < n; k++)
            {
                for (var j = 0; j < n; j++)
                {
                    product[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return product;
    }

    private static void Rotate(double[,] a, double[,] v, int p, int q)
    {
        if (a[p, q] == 0)
        {
            return;
        }

        var n = a.GetLength(0);
        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        var c = 1 / Math.Sqrt((t * t) + 1);
        var s = t * c;
        for (var k = 0; k < n; k++)
        {
            (a[k, p], a[k, q]) = ((c * a[k, p]) - (s * a[k, q]), (s * a[k, p]) + (c * a[k, q]));
        }

        for (var k = 0; k < n; k++)
        {
            (a[p, k], a[q, k]) = ((c * a[p, k]) - (s * a[q, k]), (s * a[p, k]) + (c * a[q, k]));
            (v[k, p], v[k, q]) = ((c * v[k, p]) - (s * v[k, q]), (s * v[k, p]) + (c * v[k, q]));
        }
    }

    private static double Diagonal(double[,] a) => Enumerable.Range(0, a.GetLength(0)).Sum(i => a[i, i] * a[i, i]);

    private static double OffDiagonal(double[,] a)
    {
        double sum = 0;
        for (var i = 0; i < a.GetLength(0); i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += a[i, j] * a[i, j];
            }
        }

        return sum;
    }
}
