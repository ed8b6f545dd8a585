namespace Cil.Evaluation.Motion;

/// <summary>
/// The Motion Score of optical flows (RAFT's, for the published figures): the mean length of the flow vectors over frame
/// pairs and pixels; the paper's table shows it times the number of frames.
/// </summary>
public static class MotionScore
{
    /// <summary>Mean flow length in pixels.</summary>
    /// <param name="flow">Frame pairs × 2 × height × width values; horizontal part first.</param>
    /// <exception cref="ArgumentException">The number of values does not fit.</exception>
    public static double MeanLength(ReadOnlySpan<float> flow, int pairs, int height, int width)
    {
        if (pairs < 1 || flow.Length != pairs * 2 * height * width)
        {
            throw new ArgumentException($"flow: expected {pairs} x 2 x {height} x {width} values, got {flow.Length}.", nameof(flow));
        }

        int pixels = height * width;
        double sum = 0;
        for (int p = 0; p < pairs; p++)
        {
            ReadOnlySpan<float> u = flow.Slice(p * 2 * pixels, pixels);
            ReadOnlySpan<float> v = flow.Slice(((p * 2) + 1) * pixels, pixels);
            for (int i = 0; i < pixels; i++) sum += Math.Sqrt(((double)u[i] * u[i]) + ((double)v[i] * v[i]));
        }

        return sum / ((double)pairs * pixels);
    }

    /// <summary>The score as the paper prints it: frames × mean length.</summary>
    public static double Compute(ReadOnlySpan<float> flow, int frames, int height, int width) =>
        frames * MeanLength(flow, frames - 1, height, width);
}
