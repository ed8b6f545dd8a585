namespace Cil.Evaluation.Motion;

/// <summary>
/// Measures where the moving thing of a clip goes, without knowing the thing: the change between frames a few steps apart
/// sits where the thing is, so the centre of that change follows it. A line through the centres gives direction and speed.
/// </summary>
/// <remarks>Meant for one thing moving over a ground at rest, as in the sprite data set. Not the paper's Motion Score.</remarks>
public static class MotionDirection
{
    // Far enough apart that the thing moves some pixels, near enough that both its places lie close together.
    private const int Gap = 3;

    /// <summary>Below this the clip counts as still, in pixels over the whole clip at 64 × 64.</summary>
    private const double StillTravel = 4;

    // One axis must clearly win: tan(55°).
    private const double AxisRatio = 1.43;

    /// <summary>Measures a clip.</summary>
    /// <param name="frames">RGB24, frames × height × width × 3 bytes.</param>
    /// <exception cref="ArgumentException">The byte count does not fit, or there are fewer than five frames.</exception>
    public static MotionMeasurement Measure(ReadOnlySpan<byte> frames, int frameCount, int height, int width)
    {
        if (frameCount < Gap + 2)
        {
            throw new ArgumentException($"frames: expected at least {Gap + 2}, got {frameCount}.", nameof(frameCount));
        }

        if (frames.Length != frameCount * height * width * 3)
        {
            throw new ArgumentException(
                $"frames: expected {frameCount} x {height} x {width} x 3 = {frameCount * height * width * 3} bytes, got {frames.Length}.",
                nameof(frames));
        }

        int count = frameCount - Gap;
        double[] x = new double[count];
        double[] y = new double[count];
        double[] weight = new double[count];
        double[] change = new double[height * width];
        for (int t = 0; t < count; t++)
        {
            Change(frames, t, t + Gap, change);
            (x[t], y[t], weight[t]) = Centre(change, width);
        }

        double scale = 64.0 / Math.Max(height, width);
        double travelX = Slope(x, weight) * (frameCount - 1);
        double travelY = Slope(y, weight) * (frameCount - 1);
        return new MotionMeasurement { TravelX = travelX, TravelY = travelY, Heading = Head(travelX * scale, travelY * scale) };
    }

    private static MotionHeading Head(double x, double y)
    {
        (double alongX, double alongY) = (Math.Abs(x), Math.Abs(y));
        if (Math.Max(alongX, alongY) < StillTravel) return MotionHeading.Still;

        if (alongX > alongY * AxisRatio) return x < 0 ? MotionHeading.Left : MotionHeading.Right;

        return alongY > alongX * AxisRatio ? y < 0 ? MotionHeading.Up : MotionHeading.Down : MotionHeading.Unclear;
    }

    // Squared colour distance: strong changes count, faint flicker of the ground does not.
    private static void Change(ReadOnlySpan<byte> frames, int from, int to, double[] change)
    {
        ReadOnlySpan<byte> a = frames.Slice(from * change.Length * 3, change.Length * 3);
        ReadOnlySpan<byte> b = frames.Slice(to * change.Length * 3, change.Length * 3);
        for (int i = 0; i < change.Length; i++)
        {
            double sum = 0;
            for (int c = 0; c < 3; c++)
            {
                double d = a[(3 * i) + c] - b[(3 * i) + c];
                sum += d * d;
            }

            change[i] = sum;
        }
    }

    private static (double X, double Y, double Weight) Centre(double[] change, int width)
    {
        // What lies under a tenth of the strongest change is taken for flicker.
        double floor = change.Max() * 0.1;
        double sum = 0, sumX = 0, sumY = 0;
        for (int i = 0; i < change.Length; i++)
        {
            double w = Math.Max(0, change[i] - floor);
            sum += w;
            sumX += w * (i % width);
            sumY += w * (i / width);
        }

        return sum == 0 ? (0, 0, 0) : (sumX / sum, sumY / sum, Math.Sqrt(sum));
    }

    // Weighted least squares of the centres against the frame number.
    private static double Slope(double[] centres, double[] weights)
    {
        double total = weights.Sum();
        if (total == 0) return 0;

        double meanT = weights.Select((w, t) => w * t).Sum() / total;
        double meanC = weights.Zip(centres, (w, c) => w * c).Sum() / total;
        double over = 0, under = 0;
        for (int t = 0; t < centres.Length; t++)
        {
            over += weights[t] * (t - meanT) * (centres[t] - meanC);
            under += weights[t] * (t - meanT) * (t - meanT);
        }

        return under == 0 ? 0 : over / under;
    }
}
