namespace Cil.Media.Images;

/// <summary>Many frames on one picture, a clip a row: what people look at first.</summary>
public sealed class FrameSheet(int width, int height, int columns, int rows)
{
    private readonly byte[] pixels = new byte[width * columns * height * rows * 3];

    /// <summary>Puts a frame of a clip in its place.</summary>
    /// <param name="clip">RGB24 frames, height × width × 3 bytes each.</param>
    public void Set(int row, int column, ReadOnlySpan<byte> clip, int frame)
    {
        for (int y = 0; y < height; y++)
        {
            int to = ((((row * height) + y) * columns) + column) * width * 3;
            clip.Slice(((frame * height) + y) * width * 3, width * 3).CopyTo(pixels.AsSpan(to));
        }
    }

    public byte[] ToPng() => PngWriter.Write(pixels, width * columns, height * rows);
}
