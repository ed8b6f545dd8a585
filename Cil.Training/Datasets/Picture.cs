namespace Cil.Training.Datasets;

/// <summary>An RGBA picture in memory. Pixels: height × width × 4 bytes, row by row, straight (not premultiplied) alpha.</summary>
public sealed record Picture
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required byte[] Pixels { get; init; }

    /// <summary>
    /// The rectangle of <paramref name="width"/> × <paramref name="height"/> pixels at (<paramref name="x"/>,
    /// <paramref name="y"/>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle reaches outside the picture.</exception>
    public Picture Crop(int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || x + width > Width || y + height > Height)
        {
            throw new ArgumentOutOfRangeException(
                nameof(x), $"crop: ({x}, {y}) + {width}x{height} reaches outside a picture of {Width}x{Height}.");
        }

        byte[] pixels = new byte[width * height * 4];
        for (int row = 0; row < height; row++)
        {
            Pixels.AsSpan((((y + row) * Width) + x) * 4, width * 4).CopyTo(pixels.AsSpan(row * width * 4));
        }

        return new Picture { Width = width, Height = height, Pixels = pixels };
    }
}
