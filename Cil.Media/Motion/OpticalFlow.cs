namespace Cil.Media.Motion;

/// <summary>
/// Dense optical flow by inverse search of small patches, coarse to fine (Kroeger et al., "Fast Optical Flow using Dense Inverse
/// Search", 2016), without its variational refinement. Patches are compared without their mean brightness, and a patch counts as moving
/// only where motion explains most of its change: flicker is no motion. Ground without texture gives none either.
/// </summary>
internal static class OpticalFlow
{
    private const int Patch = 8, Stride = 3, Iterations = 12, SmallestSide = 16;

    // Added to both diagonal elements of a patch's Hessian: in a patch with next to no texture, noise must not move it.
    private const float Damping = 50;

    // Below this mean squared change, in grey levels, nothing has moved; and motion must explain this much of the change.
    private const float Unchanged = 1, Explained = 0.3f;

    /// <summary>The flow from one picture to the next of the same size, each side at least 16 pixels.</summary>
    /// <exception cref="ArgumentException">The sizes differ or are too small.</exception>
    public static FlowField Between(GreyImage from, GreyImage to)
    {
        if ((from.Width, from.Height) != (to.Width, to.Height))
            throw new ArgumentException($"to: expected {from.Width}x{from.Height}, got {to.Width}x{to.Height}", nameof(to));
        if (Math.Min(from.Width, from.Height) < SmallestSide)
        {
            throw new ArgumentException(
                $"from: expected at least {SmallestSide} pixels on each side, got {from.Width}x{from.Height}", nameof(from));
        }

        List<(GreyImage From, GreyImage To)> levels = [(from, to)];
        while (Math.Min(levels[^1].From.Width, levels[^1].From.Height) / 2 >= SmallestSide)
            levels.Add((levels[^1].From.Halve(), levels[^1].To.Halve()));
        FlowField? flow = null;
        for (int level = levels.Count - 1; level >= 0; level--) flow = Refine(levels[level].From, levels[level].To, flow);
        return flow!;
    }

    /// <summary>Mean absolute difference, 0 to 255, between a picture and the next one brought back along the flow.</summary>
    public static double Residual(GreyImage from, GreyImage to, FlowField flow)
    {
        double sum = 0;
        for (int y = 0; y < from.Height; y++)
        {
            for (int x = 0; x < from.Width; x++)
            {
                int at = (y * from.Width) + x;
                sum += Math.Abs(to.At(x + flow.X[at], y + flow.Y[at]) - from[x, y]);
            }
        }

        return sum / (from.Width * from.Height);
    }

    private static FlowField Refine(GreyImage from, GreyImage to, FlowField? coarse)
    {
        (int width, int height) = (from.Width, from.Height);
        float[] sumX = new float[width * height], sumY = new float[width * height], weights = new float[width * height];
        foreach (int top in Places(height))
        {
            foreach (int left in Places(width))
            {
                (float u, float v) = Search(from, to, left, top, coarse);
                for (int y = top; y < top + Patch; y++)
                {
                    for (int x = left; x < left + Patch; x++)
                    {
                        float weight = 1 / Math.Max(1, Math.Abs(to.At(x + u, y + v) - from[x, y]));
                        int at = (y * width) + x;
                        sumX[at] += weight * u;
                        sumY[at] += weight * v;
                        weights[at] += weight;
                    }
                }
            }
        }

        for (int i = 0; i < weights.Length; i++) (sumX[i], sumY[i]) = (sumX[i] / weights[i], sumY[i] / weights[i]);
        return new FlowField(sumX, sumY, width, height);
    }

    // Left or upper edges of the patches along one side: the last one ends at the edge.
    private static IEnumerable<int> Places(int side)
    {
        for (int place = 0; place < side - Patch; place += Stride) yield return place;
        yield return side - Patch;
    }

    private static (float U, float V) Search(GreyImage from, GreyImage to, int left, int top, FlowField? coarse)
    {
        float still = Difference(from, to, left, top, 0, 0);
        if (still < Unchanged) return (0, 0);
        (float u, float v) = (0, 0);
        if (coarse is not null)
        {
            int at = (Math.Min((top + (Patch / 2)) / 2, coarse.Height - 1) * coarse.Width)
                + Math.Min((left + (Patch / 2)) / 2, coarse.Width - 1);
            (float x, float y) = (2 * coarse.X[at], 2 * coarse.Y[at]);
            if (Difference(from, to, left, top, x, y) < still) (u, v) = (x, y);
        }

        (float foundX, float foundY) = Descend(from, to, left, top, u, v);
        // A patch that slides away from where it began has found nothing.
        bool isNear = Math.Abs(foundX - u) < Patch / 2 && Math.Abs(foundY - v) < Patch / 2;
        if (isNear && Difference(from, to, left, top, foundX, foundY) <= Difference(from, to, left, top, u, v)) (u, v) = (foundX, foundY);
        return Difference(from, to, left, top, u, v) < (1 - Explained) * still ? (u, v) : (0, 0);
    }

    // Inverse compositional Lucas-Kanade for a translation: gradients and Hessian are those of the first picture.
    private static (float U, float V) Descend(GreyImage from, GreyImage to, int left, int top, float u, float v)
    {
        const int Count = Patch * Patch;
        Span<float> gx = stackalloc float[Count], gy = stackalloc float[Count], change = stackalloc float[Count];
        float meanX = 0, meanY = 0;
        for (int i = 0; i < Count; i++)
        {
            int x = left + (i % Patch), y = top + (i / Patch);
            gx[i] = (from[Math.Min(x + 1, from.Width - 1), y] - from[Math.Max(x - 1, 0), y]) / 2;
            gy[i] = (from[x, Math.Min(y + 1, from.Height - 1)] - from[x, Math.Max(y - 1, 0)]) / 2;
            meanX += gx[i] / Count;
            meanY += gy[i] / Count;
        }

        float xx = Damping, xy = 0, yy = Damping;
        for (int i = 0; i < Count; i++)
        {
            gx[i] -= meanX;
            gy[i] -= meanY;
            xx += gx[i] * gx[i];
            xy += gx[i] * gy[i];
            yy += gy[i] * gy[i];
        }

        float determinant = (xx * yy) - (xy * xy);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            float alongX = 0, alongY = 0;
            for (int i = 0; i < Count; i++)
            {
                int x = left + (i % Patch), y = top + (i / Patch);
                // The gradients have mean 0: the mean of the change falls out.
                change[i] = to.At(x + u, y + v) - from[x, y];
                alongX += gx[i] * change[i];
                alongY += gy[i] * change[i];
            }

            float stepX = ((yy * alongX) - (xy * alongY)) / determinant, stepY = ((xx * alongY) - (xy * alongX)) / determinant;
            u -= stepX;
            v -= stepY;
            if ((stepX * stepX) + (stepY * stepY) < 1e-4f) break;
        }

        return (u, v);
    }

    // Variance of the change over the patch: its mean is a change of brightness, not of place.
    private static float Difference(GreyImage from, GreyImage to, int left, int top, float u, float v)
    {
        float sum = 0, squares = 0;
        for (int y = top; y < top + Patch; y++)
        {
            for (int x = left; x < left + Patch; x++)
            {
                float change = to.At(x + u, y + v) - from[x, y];
                sum += change;
                squares += change * change;
            }
        }

        float mean = sum / (Patch * Patch);
        return (squares / (Patch * Patch)) - (mean * mean);
    }
}
