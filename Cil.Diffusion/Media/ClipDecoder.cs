using System.Globalization;

namespace Cil.Diffusion.Media;

/// <summary>Any video that ffmpeg reads to RGB24 frames at the model's size.</summary>
public static class ClipDecoder
{
    /// <summary>Scales so that the shorter side fits, cuts the middle out, and takes frames from the beginning.</summary>
    /// <param name="frames">Frames to take.</param>
    /// <param name="fps">Frames a second to take them at; null for the video's own.</param>
    /// <returns>RGB24, frames × height × width × 3 bytes.</returns>
    /// <exception cref="MediaException">Not a video, damaged, or shorter than that.</exception>
    public static async Task<byte[]> DecodeAsync(string path, int width, int height, int frames, int? fps = null, CancellationToken cancellationToken = default)
    {
        string rate = fps is { } perSecond ? string.Create(CultureInfo.InvariantCulture, $"fps={perSecond},") : "";
        string filter = string.Create(
            CultureInfo.InvariantCulture,
            $"{rate}scale={width}:{height}:force_original_aspect_ratio=increase:flags=bilinear+accurate_rnd+full_chroma_int,crop={width}:{height}");
        long expected = (long)frames * width * height * 3;
        byte[] rgb;
        try
        {
            rgb = await Ffmpeg.RunAsync(
                "ffmpeg",
                ["-v", "error", "-nostdin", "-i", path, "-vf", filter, "-frames:v", frames.ToString(CultureInfo.InvariantCulture), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                default,
                expected,
                cancellationToken);
        }
        catch (MediaException error)
        {
            throw new MediaException($"{path}: {error.Message}", error);
        }

        return rgb.LongLength == expected
            ? rgb
            : throw new MediaException(string.Create(CultureInfo.InvariantCulture, $"{path}: expected {frames} frames, got {rgb.LongLength / ((long)width * height * 3)}"));
    }
}
