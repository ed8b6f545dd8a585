namespace Cil.Media.Motion;

/// <summary>Brightness of a picture, 0 to 255, row-major.</summary>
internal sealed class GreyImage
{
    private readonly float[] values;

    private GreyImage(float[] values, int width, int height) => (this.values, Width, Height) = (values, width, height);

    public int Width { get; }

    public int Height { get; }

    public float this[int x, int y] => values[(y * Width) + x];

    /// <param name="rgb">RGB24, height × width × 3 bytes.</param>
    /// <param name="shrink">Each pixel is the mean of shrink × shrink; what is left over at the right and below is cut off.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit.</exception>
    public static GreyImage FromRgb(ReadOnlySpan<byte> rgb, int width, int height, int shrink = 1)
    {
        if (rgb.Length != width * height * 3)
        {
            throw new ArgumentException(
                $"frame: expected {width} x {height} x 3 = {width * height * 3} bytes, got {rgb.Length}", nameof(rgb));
        }

        (int w, int h) = (width / shrink, height / shrink);
        float[] values = new float[w * h];
        for (int y = 0; y < h * shrink; y++)
        {
            for (int x = 0; x < w * shrink; x++)
            {
                int at = ((y * width) + x) * 3;
                // Rec. 601, as OpenCV's conversion to grey.
                values[((y / shrink) * w) + (x / shrink)] += (0.299f * rgb[at]) + (0.587f * rgb[at + 1]) + (0.114f * rgb[at + 2]);
            }
        }

        for (int i = 0; i < values.Length; i++) values[i] /= shrink * shrink;
        return new GreyImage(values, w, h);
    }

    /// <summary>Half the width and height, by means of four.</summary>
    public GreyImage Halve()
    {
        (int w, int h) = (Width / 2, Height / 2);
        float[] half = new float[w * h];
        for (int y = 0; y < h; y++)
        {
            for (int x = 0; x < w; x++)
            {
                half[(y * w) + x] =
                    (this[2 * x, 2 * y] + this[(2 * x) + 1, 2 * y] + this[2 * x, (2 * y) + 1] + this[(2 * x) + 1, (2 * y) + 1]) / 4;
            }
        }

        return new GreyImage(half, w, h);
    }

    /// <summary>The value between pixels, bilinear; beyond the edge that of the edge.</summary>
    public float At(float x, float y)
    {
        x = Math.Clamp(x, 0, Width - 1);
        y = Math.Clamp(y, 0, Height - 1);
        int left = Math.Min((int)x, Width - 2), top = Math.Min((int)y, Height - 2), at = (top * Width) + left;
        float u = x - left, v = y - top;
        float above = values[at] + (u * (values[at + 1] - values[at])),
            below = values[at + Width] + (u * (values[at + Width + 1] - values[at + Width]));
        return above + (v * (below - above));
    }
}
