using System.Globalization;

namespace Cil.Diffusion.Media;

/// <summary>RGB24 frames to files. The same frames give the same bytes: no dates, no encoder's name, one thread.</summary>
public static class VideoEncoder
{
    private const long MaxOutput = 1L << 31;

    /// <param name="frames">Frame by frame, width × height × 3 bytes each.</param>
    /// <inheritdoc cref="EncodeAsync(IAsyncEnumerable{ReadOnlyMemory{byte}}, int, int, int, string, CancellationToken)"/>
    public static Task<byte[]> EncodeAsync(
        ReadOnlyMemory<byte> frames, int width, int height, int fps, string container, CancellationToken cancellationToken = default) =>
        EncodeAsync(new[] { frames }.ToAsyncEnumerable(), width, height, fps, container, cancellationToken);

    /// <param name="frames">Frame by frame, width × height × 3 bytes each, in blocks of any size; one block is in memory at a time.</param>
    /// <param name="container">"mp4" (H.264, 4:2:0, quality 12 of 51), "webp" or "gif".</param>
    /// <exception cref="MediaException">ffmpeg is missing or failed.</exception>
    public static async Task<byte[]> EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height, int fps, string container, CancellationToken cancellationToken = default)
    {
        string[] codec = container switch
        {
            "mp4" => ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-preset", "medium", "-crf", "12", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"],
            "webp" => ["-c:v", "libwebp_anim", "-lossless", "0", "-quality", "90", "-loop", "0", "-f", "webp"],
            "gif" => ["-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse", "-f", "gif"],
            _ => throw new MediaException($"container: one of mp4, webp, gif; got '{container}'"),
        };
        // MP4's index goes to the front, which needs a file to go back in.
        string path = Path.Combine(Path.GetTempPath(), $"cil-video-{Guid.NewGuid():N}.{container}");
        try
        {
            _ = await Ffmpeg.StreamAsync(
                "ffmpeg",
                ["-v", "error", .. Raw(width, height, fps), "-i", "-", .. codec, "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-y", path],
                frames,
                MaxOutput,
                cancellationToken);
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string[] Raw(int width, int height, int fps) =>
        ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"), "-r", fps.ToString(CultureInfo.InvariantCulture)];
}
