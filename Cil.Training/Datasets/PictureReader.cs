using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Training.Datasets;

/// <summary>Reads a picture file with its alpha channel.</summary>
internal static class PictureReader
{
    /// <summary>Decodes a file; with <paramref name="width"/>, in pixels, scales it to that width, keeping its shape.</summary>
    /// <exception cref="SpriteAssetsException">The file cannot be read, or is no picture of a known format.</exception>
    public static Picture Read(string file, int? width = null)
    {
        try
        {
            (int w, int h, byte[] rgba) = ReadAsync(file, width).GetAwaiter().GetResult();
            return new Picture { Width = w, Height = h, Pixels = rgba };
        }
        catch (Exception error) when (error is MediaException or IOException or UnauthorizedAccessException)
        {
            throw new SpriteAssetsException($"picture: {file}: {error.Message}");
        }
    }

    private static async Task<(int Width, int Height, byte[] Rgba)> ReadAsync(string file, int? width) =>
        await ImageDecoder.DecodeRgbaAsync(await ImageDecoder.ReadFileAsync(file), width);
}
