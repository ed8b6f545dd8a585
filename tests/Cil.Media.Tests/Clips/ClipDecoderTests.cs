using System.Net;
using System.Net.Sockets;
using Cil.Media.Clips;
using Cil.Media.Formats;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Media.Tests.Clips;

public sealed class ClipDecoderTests : IDisposable
{
    private const int Side = 32, Count = 4;

    private readonly string folder = Directory.CreateTempSubdirectory("cil-clips-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.mkv")]
    [InlineData("clip.avi")]
    [InlineData("clip.gif")]
    [InlineData("clip.ts")]
    [InlineData("clip.flv")]
    [InlineData("clip.y4m")]
    [InlineData("-name, that: begins with a dash.mp4")]
    [InlineData("concat:a|b.mp4")]
    public async Task Decode_OfAnyContainer_GivesItsFrames(string name)
    {
        string path = await MakeAsync(name);

        byte[] rgb = await ClipDecoder.DecodeAsync(path, Side, Side, Count);

        // H.264, MPEG-4 and palettes round.
        Assert.Equal(Count * Side * Side * 3, rgb.Length);
        Assert.InRange(rgb[0], 240, 255);
        Assert.InRange(rgb[1], 0, 15);
        Assert.InRange(rgb[2], 0, 15);
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{0}\n#EXT-X-ENDLIST\n", "an HLS playlist")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:{1}/clip.ts\n#EXT-X-ENDLIST\n", "an HLS playlist")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:3600\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:3600,\nnot-there.ts\n", "an HLS playlist")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n", "an ffconcat playlist")]
    public async Task Decode_OfAPlaylist_OpensNothingElse(string playlist, string name)
    {
        // Another tenant's video, and an address: neither may be asked for.
        string other = await MakeAsync("other.ts");
        using var address = new TcpListener(IPAddress.Loopback, 0);
        address.Start();
        byte[] content = System.Text.Encoding.ASCII.GetBytes(playlist.Replace("{0}", other, StringComparison.Ordinal)
            .Replace(
                "{1}", ((IPEndPoint)address.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                StringComparison.Ordinal));
        string path = Path.Combine(folder, "clip.mp4");
        await File.WriteAllBytesAsync(path, content);

        MediaException clip = await Assert.ThrowsAsync<MediaException>(
            () => ClipDecoder.DecodeAsync(path, Side, Side, Count).WaitAsync(TimeSpan.FromSeconds(30)));
        MediaException picture = await Assert.ThrowsAsync<MediaException>(
            () => ImageDecoder.DecodeAsync(content, Side, Side).WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal($"{path}: expected a video ({ClipContainer.Accepted}), got {name}", clip.Message);
        Assert.EndsWith($"got {name}", picture.Message, StringComparison.Ordinal);
        Assert.False(address.Pending(), "the playlist's address was asked");
    }

    [Fact]
    public async Task Decode_OfNoVideo_SaysWhatItIs()
    {
        string path = Path.Combine(folder, "clip.mp4");
        await File.WriteAllBytesAsync(path, PngWriter.Write(new byte[3], 1, 1));
        Assert.EndsWith("got a PNG picture", (await RefusedAsync(path)).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "got a file that begins with the bytes 0000000000000000", (await RefusedAsync("/dev/zero")).Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, (await RefusedAsync(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("not-there.mp4", (await RefusedAsync(Path.Combine(folder, "not-there.mp4"))).Message, StringComparison.Ordinal);
    }

    private static Task<MediaException> RefusedAsync(string path) =>
        Assert.ThrowsAsync<MediaException>(() => ClipDecoder.DecodeAsync(path, Side, Side, Count));

    private async Task<string> MakeAsync(string name)
    {
        string path = Path.Combine(folder, name);
        _ = await Ffmpeg.RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", $"color=0xFF0000:size=64x48:rate=8:duration=1", "-pix_fmt",
                name.EndsWith(".gif", StringComparison.Ordinal) ? "rgb8" : "yuv420p", $"file:{path}",
            ],
            default, 1 << 20, default);
        return path;
    }
}
