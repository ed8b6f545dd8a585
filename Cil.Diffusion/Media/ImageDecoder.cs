using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cil.Diffusion.Media;

/// <summary>Any picture that ffmpeg reads to RGB24 at the model's size.</summary>
public static partial class ImageDecoder
{
    /// <summary>More pixels than this are refused before anything is decoded: 100 million, a 10,000 × 10,000 picture.</summary>
    public const long MaxPixels = 100_000_000;

    private static ReadOnlySpan<byte> TargaEnd => "TRUEVISION-XFILE.\0"u8;

    /// <summary>Scales to the size asked for. Transparent parts lie on mid-grey.</summary>
    /// <param name="image">The file's bytes.</param>
    /// <param name="fit">What happens to a picture of another shape; each system's own preprocessing.</param>
    /// <returns>RGB24, height × width × 3 bytes.</returns>
    /// <exception cref="MediaException">Not a picture, truncated, or too large.</exception>
    public static async Task<byte[]> DecodeAsync(ReadOnlyMemory<byte> image, int width, int height, ImageFit fit = ImageFit.Crop, CancellationToken cancellationToken = default)
    {
        (int sourceWidth, int sourceHeight) = await ProbeAsync(image, cancellationToken);
        if ((long)sourceWidth * sourceHeight > MaxPixels)
            throw new MediaException($"image: at most {MaxPixels} pixels, got {sourceWidth}x{sourceHeight}");
        string filter = string.Create(
            CultureInfo.InvariantCulture,
            $"format=rgba,scale={width}:{height}:force_original_aspect_ratio={(fit == ImageFit.Crop ? "increase" : "disable")}:flags=bilinear+accurate_rnd,crop={width}:{height}[p];"
            + $"color=0x808080:size={width}x{height}[g];[g][p]overlay=shortest=1:format=rgb,format=rgb24");
        string path = await SpoolAsync(image, cancellationToken);
        try
        {
            byte[] rgb = await Ffmpeg.RunAsync(
                "ffmpeg",
                ["-v", "error", "-nostdin", "-i", path, "-filter_complex", $"[0:v]{filter}", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                default,
                (long)width * height * 3,
                cancellationToken,
                strict: true);
            return rgb.Length == width * height * 3 ? rgb : throw new MediaException($"{rgb.Length} of {width * height * 3} bytes came out");
        }
        catch (MediaException error)
        {
            throw Unreadable(error, path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Width and height as the file's header has them; nothing is decoded.</summary>
    /// <exception cref="MediaException">Not a picture.</exception>
    public static async Task<(int Width, int Height)> ProbeAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken = default)
    {
        if (image.Length == 0) throw new MediaException("image: the file is empty");
        string path = await SpoolAsync(image, cancellationToken);
        try
        {
            byte[] json = await Ffmpeg.RunAsync(
                "ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "json", path], default, 1 << 16, cancellationToken);
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.TryGetProperty("streams", out JsonElement streams) && streams.GetArrayLength() > 0
                && streams[0].TryGetProperty("width", out JsonElement width) && streams[0].TryGetProperty("height", out JsonElement height)
                && width.GetInt32() > 0 && height.GetInt32() > 0)
            {
                return (width.GetInt32(), height.GetInt32());
            }

            // A size that no decoder takes is reported as none; decoding says which it was.
            _ = await Ffmpeg.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-frames:v", "1", "-f", "null", "-"], default, 1 << 16, cancellationToken);
            throw new MediaException("it holds no picture");
        }
        catch (MediaException error) when (!error.Message.StartsWith("image:", StringComparison.Ordinal))
        {
            throw new MediaException(
                ImpossibleSize().Match(error.Message) is { Success: true } size
                    ? $"image: at most {MaxPixels} pixels, got {size.Groups[1]}"
                    : Unreadable(error, path).Message,
                error);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static MediaException Unreadable(MediaException error, string path) =>
        new($"image: not a picture that ffmpeg can read, or a damaged one ({error.Message.Replace(path, "the image", StringComparison.Ordinal)})", error);

    [GeneratedRegex(@"Picture size (\d+x\d+) is invalid")]
    private static partial Regex ImpossibleSize();

    // Several formats (AVIF, HEIF, MP4) are read by seeking, which a pipe cannot do.
    private static async Task<string> SpoolAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        // Targa begins with nothing that tells it; ffmpeg goes by the name.
        string path = Path.Combine(Path.GetTempPath(), $"cil-image-{Guid.NewGuid():N}{(image.Span.EndsWith(TargaEnd) ? ".tga" : "")}");
        try
        {
            await File.WriteAllBytesAsync(path, image, cancellationToken);
            return path;
        }
        catch
        {
            // A full disk, or a cancelled job.
            File.Delete(path);
            throw;
        }
    }
}
