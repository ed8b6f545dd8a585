namespace Cil.Media.Motion;

/// <summary>Optical flow from one picture to the next: what is at (x, y) is at (x + X, y + Y) in the next one.</summary>
/// <param name="X">Pixels to the right, row-major, height × width.</param>
/// <param name="Y">Pixels down.</param>
internal sealed record FlowField(float[] X, float[] Y, int Width, int Height)
{
    /// <summary>Mean length of the vectors, pixels.</summary>
    public double MeanLength()
    {
        double sum = 0;
        for (int i = 0; i < X.Length; i++) sum += Math.Sqrt(((double)X[i] * X[i]) + ((double)Y[i] * Y[i]));
        return sum / X.Length;
    }
}
