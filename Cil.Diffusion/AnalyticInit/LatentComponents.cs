namespace Cil.Diffusion.AnalyticInit;

/// <summary>The directions in which a data set's latents vary most: its first principal components.</summary>
/// <param name="Directions">Orthonormal, row-major (rank, C, T, h, w).</param>
/// <param name="Variances">lambda: the latents' variance along each, largest first.</param>
public sealed record LatentComponents(float[] Directions, double[] Variances)
{
    public int Rank => Variances.Length;

    /// <summary>v⊥: the mean variance along the directions that are left.</summary>
    /// <param name="variance">v, over all directions.</param>
    /// <param name="dimensions">d: numbers in one clip's latents.</param>
    public double Rest(double variance, long dimensions) =>
        dimensions == Rank ? 0 : Math.Max(0, ((variance * dimensions) - Variances.Sum()) / (dimensions - Rank));
}
