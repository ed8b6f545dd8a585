using System.Globalization;
using Cil.Client.Jobs;
using Cil.Media.Processes;

namespace Cil.Silo.Media;

/// <summary>Through ffmpeg: from a pipe to a pipe, no file and no address is opened.</summary>
internal sealed class VideoTools : IVideoTools
{
    private const int MostTiles = 25;
    private const long MostOutput = 256 << 20;

    public Task<byte[]> FrameAsync(ReadOnlyMemory<byte> video, int frame, CancellationToken cancellationToken) =>
        RunAsync(
            "mov", video, [.. Filter(string.Create(CultureInfo.InvariantCulture, $"select=eq(n\\,{frame})")), "-c:v", "png"],
            "image2pipe", cancellationToken);

    public Task<byte[]> SpritesheetAsync(ReadOnlyMemory<byte> video, int frames, CancellationToken cancellationToken)
    {
        int every = (frames + MostTiles - 1) / MostTiles, tiles = (frames + every - 1) / every,
            columns = (int)Math.Ceiling(Math.Sqrt(tiles)), rows = (tiles + columns - 1) / columns;
        string filter = string.Create(CultureInfo.InvariantCulture, $"select=not(mod(n\\,{every})),tile={columns}x{rows}");
        return RunAsync("mov", video, [.. Filter(filter), "-q:v", "3", "-c:v", "mjpeg"], "image2pipe", cancellationToken);
    }

    public Task<byte[]> ThumbnailAsync(ReadOnlyMemory<byte> png, CancellationToken cancellationToken) =>
        RunAsync("png_pipe", png, ["-c:v", "libwebp", "-quality", "90"], "webp", cancellationToken);

    private static string[] Filter(string filter) => ["-vf", filter, "-fps_mode", "passthrough"];

    private static async Task<byte[]> RunAsync(
        string demuxer, ReadOnlyMemory<byte> input, string[] output, string muxer, CancellationToken cancellationToken)
    {
        try
        {
            return await Ffmpeg.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-nostdin", "-protocol_whitelist", "pipe", "-threads", "1", "-f", demuxer,
                    "-i", "pipe:0", .. output, "-frames:v", "1", "-threads", "1", "-f", muxer, "pipe:1",
                ],
                input, MostOutput, cancellationToken);
        }
        catch (MediaException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }
}
