using System.Globalization;
using System.Text;
using Cil.Media.Formats;
using Cil.Media.Processes;

namespace Cil.Media.Clips;

/// <summary>
/// Videos to RGB24 frames at the model's size, through ffmpeg. The container is told by the first bytes, and nothing but the
/// file itself is opened.
/// </summary>
public static class ClipDecoder
{
    // A frame of 8,192 × 8,192, twice the side of 4K.
    private const long MaxPixels = 1L << 26;

    /// <summary>Scales so that the shorter side fits, cuts the middle out, and takes frames from the beginning.</summary>
    /// <param name="path">A file: it is read twice.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="frames">Frames to take.</param>
    /// <param name="fps">Frames a second to take them at; null for the video's own.</param>
    /// <param name="first">The video's frame to begin with, from 0.</param>
    /// <param name="stride">1 takes every frame from there on, 2 every other one.</param>
    /// <returns>RGB24, frames × height × width × 3 bytes.</returns>
    /// <exception cref="MediaException">
    /// Not a video in one of the containers that are read, damaged, shorter than that, or beyond one of
    /// <see cref="ProcessLimits.Clip"/>; or the file cannot be read.
    /// </exception>
    public static async Task<byte[]> DecodeAsync(
        string path, int width, int height, int frames, int? fps = null, int first = 0,
        int stride = 1, CancellationToken cancellationToken = default)
    {
        ClipContainer container = await IdentifyAsync(path, cancellationToken);
        // The frames that are left get times of their own: else ffmpeg would fill the gaps.
        string chosen = (first, stride) == (0, 1)
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture, $"select=gte(n\\,{first})*not(mod(n-{first}\\,{stride})),setpts=N/FRAME_RATE/TB,");
        string rate = fps is { } perSecond ? string.Create(CultureInfo.InvariantCulture, $"fps={perSecond},") : "";
        string filter = string.Create(
            CultureInfo.InvariantCulture,
            $"{chosen}{rate}scale={width}:{height}:force_original_aspect_ratio=increase:flags=bilinear+accurate_rnd+full_chroma_int,"
                + $"crop={width}:{height}");
        long expected = (long)frames * width * height * 3;
        byte[] rgb;
        try
        {
            rgb = await Ffmpeg.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-nostdin", "-protocol_whitelist", "file",
                    "-max_pixels", MaxPixels.ToString(CultureInfo.InvariantCulture),
                    "-f", container.Demuxer, "-i", $"file:{Path.GetFullPath(path)}",
                    "-vf", filter, "-frames:v", frames.ToString(CultureInfo.InvariantCulture), "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                ],
                default,
                expected,
                cancellationToken,
                limits: ProcessLimits.Clip);
        }
        catch (MediaException error)
        {
            throw new MediaException($"{path}: {error.Message}", error);
        }

        return rgb.LongLength == expected
            ? rgb
            : throw new MediaException(string.Create(
                CultureInfo.InvariantCulture, $"{path}: expected {frames} frames, got {rgb.LongLength / ((long)width * height * 3)}"));
    }

    /// <summary>How many frames a video has, how many a second, and how large they are.</summary>
    /// <exception cref="MediaException">
    /// Not a video in one of the containers that are read, or damaged; or the file cannot be read.
    /// </exception>
    public static async Task<ClipLength> MeasureAsync(string path, CancellationToken cancellationToken = default)
    {
        ClipContainer container = await IdentifyAsync(path, cancellationToken);
        byte[] answer = await Ffmpeg.RunAsync(
            "ffprobe",
            [
                "-v", "error", "-protocol_whitelist", "file", "-f", container.Demuxer, "-select_streams", "v:0", "-count_packets",
                "-show_entries", "stream=width,height,avg_frame_rate,nb_read_packets",
                "-of", "default=noprint_wrappers=1", $"file:{Path.GetFullPath(path)}",
            ],
            default,
            1 << 16,
            cancellationToken,
            limits: ProcessLimits.Clip);
        return ClipLength.Parse(Encoding.UTF8.GetString(answer)) ?? throw new MediaException($"{path}: its length is not known");
    }

    private static async Task<ClipContainer> IdentifyAsync(string path, CancellationToken cancellationToken)
    {
        byte[] head = new byte[ClipContainer.HeadBytes];
        int read;
        try
        {
            NamedPipe.Refuse(path);
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
            read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path}: {error.Message}", error);
        }

        return ClipContainer.Find(head.AsSpan(0, read))
            ?? throw new MediaException($"{path}: expected a video ({ClipContainer.Accepted}), got {ContentName.Of(head.AsSpan(0, read))}");
    }
}
