using Cil.Client.Jobs;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Silo.Media;

/// <summary>Decodes a picture as the renderer does, and writes pixels alone: nothing else that a file has reaches a browser.</summary>
internal sealed class PicturePreview : IPicturePreview
{
    private const int Width = 320, Rgb = 3, Rgba = 4, Opaque = 255;

    // What transparent pixels lie on, as in ImageDecoder.
    private const int Grey = 128;

    public async Task<byte[]?> PreviewAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellationToken)
    {
        try
        {
            (int width, int height, byte[] rgba) = await ImageDecoder.DecodeRgbaAsync(picture, Width, cancellationToken);
            byte[] rgb = new byte[width * height * Rgb];
            for (int pixel = 0; pixel < width * height; pixel++)
            {
                int alpha = rgba[(pixel * Rgba) + Rgb];
                for (int band = 0; band < Rgb; band++)
                    rgb[(pixel * Rgb) + band] = (byte)(((rgba[(pixel * Rgba) + band] * alpha) + (Grey * (Opaque - alpha))) / Opaque);
            }

            return PngWriter.Write(rgb, width, height);
        }
        catch (MediaException)
        {
            return null;
        }
    }
}
