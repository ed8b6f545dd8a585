using System.Globalization;
using Cil.Media.Processes;

namespace Cil.Media.Clips;

/// <summary>RGB24 frames to files. The same frames give the same bytes: no dates, no encoder's name, one thread.</summary>
public static class VideoEncoder
{
    private const long MaxOutput = 1L << 31;

    // GIF counts in hundredths of a second, and players show a delay of 1 as if it were 10.
    private const int MaxGifFps = 50;

    /// <param name="frames">Frame by frame, width × height × 3 bytes each.</param>
    /// <inheritdoc cref="EncodeAsync(IAsyncEnumerable{ReadOnlyMemory{byte}}, int, int, int, string, CancellationToken)"/>
    public static Task<byte[]> EncodeAsync(
        ReadOnlyMemory<byte> frames, int width, int height, int fps, string container, CancellationToken cancellationToken = default) =>
        EncodeAsync(new[] { frames }.ToAsyncEnumerable(), width, height, fps, container, cancellationToken);

    /// <param name="frames">Frame by frame, width × height × 3 bytes each, in blocks of any size; one block is in memory at a time.</param>
    /// <param name="fps">
    /// Frames a second. A GIF keeps the video's duration: above 50, the most that it can hold, frames are left out.
    /// </param>
    /// <param name="container">"mp4" (H.264, 4:2:0, quality 12 of 51; BT.709, limited range, and tagged so), "webp" or "gif".</param>
    /// <exception cref="MediaException">ffmpeg is missing, failed, or met one of <see cref="ProcessLimits.Video"/>.</exception>
    public static async Task<byte[]> EncodeAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, int width, int height,
        int fps, string container, CancellationToken cancellationToken = default)
    {
        string[] codec = container switch
        {
            "mp4" =>
            [
                "-vf",
                "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,"
                    + "format=yuv420p",
                "-c:v", "libx264", "-preset", "medium", "-crf", "12",
                "-pix_fmt", "yuv420p", .. Bt709, "-movflags", "+faststart", "-f", "mp4",
            ],
            "webp" => ["-c:v", "libwebp_anim", "-lossless", "0", "-quality", "90", "-loop", "0", "-f", "webp"],
            "gif" =>
            [
                "-filter_complex",
                $"{(fps > MaxGifFps ? $"fps={MaxGifFps}," : "")}split[a][b];[a]palettegen[p];[b][p]paletteuse", "-f", "gif",
            ],
            _ => throw new MediaException($"container: one of mp4, webp, gif; got '{container}'"),
        };
        // MP4's index goes to the front, which needs a file to go back in.
        string path = Path.Combine(ScratchFolder.Shared.Path, $"{Guid.NewGuid():N}.{container}");
        try
        {
            _ = await Ffmpeg.StreamAsync(
                "ffmpeg",
                [
                    "-v", "error", .. Raw(width, height, fps), "-i", "-", .. codec, "-threads", "1",
                    "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-y", path,
                ],
                frames,
                MaxOutput,
                cancellationToken,
                limits: ProcessLimits.Video);
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Without these tags players guess the matrix by the size, and show other colours for small videos than for large ones (ITU-T H.273).
    private static readonly string[] Bt709 =
        ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"];

    private static string[] Raw(int width, int height, int fps) =>
        [
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"),
            "-r", fps.ToString(CultureInfo.InvariantCulture),
        ];
}
