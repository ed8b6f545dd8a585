namespace Cil.Training.Datasets;

/// <summary>
/// A picture prepared for drawing at any size and angle: premultiplied floats at full, half and quarter size, so that a small
/// drawing samples a small picture and does not flicker from frame to frame.
/// </summary>
public sealed class PictureLayer
{
    private readonly List<(int Width, int Height, float[] Rgba)> levels = [];

    public PictureLayer(Picture picture)
    {
        float[] rgba = new float[picture.Width * picture.Height * 4];
        for (int i = 0; i < rgba.Length; i += 4)
        {
            float alpha = picture.Pixels[i + 3] / 255f;
            rgba[i] = picture.Pixels[i] * alpha;
            rgba[i + 1] = picture.Pixels[i + 1] * alpha;
            rgba[i + 2] = picture.Pixels[i + 2] * alpha;
            rgba[i + 3] = alpha;
        }

        levels.Add((picture.Width, picture.Height, rgba));
        while (levels.Count < 5 && levels[^1].Width >= 8 && levels[^1].Height >= 8) levels.Add(Halve(levels[^1]));
    }

    public int Width => levels[0].Width;

    public int Height => levels[0].Height;

    /// <summary>
    /// Draws the picture over a frame (height × width × 3 floats, 0…255): its centre at (<paramref name="centreX"/>,
    /// <paramref name="centreY"/>) in pixels, its width scaled to <paramref name="size"/> pixels, turned clockwise by
    /// <paramref name="angle"/> radians.
    /// </summary>
    public void DrawOver(Span<float> frame, int frameWidth, int frameHeight, double centreX, double centreY, double size, double angle)
    {
        double scale = Width / size;
        int level = Math.Clamp((int)Math.Round(Math.Log2(scale)), 0, levels.Count - 1);
        (int width, int height, float[]? rgba) = levels[level];
        double step = width / size;
        (double sin, double cos) = Math.SinCos(angle);
        Span<float> pixel = stackalloc float[4];
        for (int y = 0; y < frameHeight; y++)
        {
            for (int x = 0; x < frameWidth; x++)
            {
                double dx = x + 0.5 - centreX;
                double dy = y + 0.5 - centreY;
                double u = (((dx * cos) + (dy * sin)) * step) + (width / 2.0) - 0.5;
                double v = (((dy * cos) - (dx * sin)) * step) + (height / 2.0) - 0.5;
                if (u <= -1 || v <= -1 || u >= width || v >= height) continue;

                Sample(rgba, width, height, u, v, pixel);
                Span<float> target = frame.Slice(((y * frameWidth) + x) * 3, 3);
                float rest = 1 - pixel[3];
                target[0] = (target[0] * rest) + pixel[0];
                target[1] = (target[1] * rest) + pixel[1];
                target[2] = (target[2] * rest) + pixel[2];
            }
        }
    }

    // Bilinear; outside the picture everything is transparent.
    private static void Sample(float[] rgba, int width, int height, double u, double v, Span<float> pixel)
    {
        pixel.Clear();
        int x0 = (int)Math.Floor(u);
        int y0 = (int)Math.Floor(v);
        for (int j = 0; j < 2; j++)
        {
            for (int i = 0; i < 2; i++)
            {
                int x = x0 + i;
                int y = y0 + j;
                if ((uint)x >= (uint)width || (uint)y >= (uint)height) continue;

                float weight = (float)((i == 0 ? 1 - (u - x0) : u - x0) * (j == 0 ? 1 - (v - y0) : v - y0));
                Span<float> source = rgba.AsSpan(((y * width) + x) * 4, 4);
                pixel[0] += weight * source[0];
                pixel[1] += weight * source[1];
                pixel[2] += weight * source[2];
                pixel[3] += weight * source[3];
            }
        }
    }

    private static (int Width, int Height, float[] Rgba) Halve((int Width, int Height, float[] Rgba) from)
    {
        (int width, int height) = (from.Width / 2, from.Height / 2);
        float[] rgba = new float[width * height * 4];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < 4; c++)
                {
                    int at = (((2 * y) * from.Width) + (2 * x)) * 4 + c;
                    rgba[(((y * width) + x) * 4) + c] =
                        (from.Rgba[at] + from.Rgba[at + 4] + from.Rgba[at + (from.Width * 4)] + from.Rgba[at + (from.Width * 4) + 4]) / 4;
                }
            }
        }

        return (width, height, rgba);
    }
}
