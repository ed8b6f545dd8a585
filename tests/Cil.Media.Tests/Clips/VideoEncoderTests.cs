using Cil.Media.Clips;
using Cil.Media.Processes;

namespace Cil.Media.Tests.Clips;

public sealed class VideoEncoderTests
{
    private const int Side = 16, Count = 9;

    private static readonly byte[] Frames =
        [.. Enumerable.Range(0, Count * Side * Side * 3).Select(i => (byte)((i / 7) + (i / (Side * Side))))];

    [Theory]
    [InlineData("mp4", 1000)]
    [InlineData("mp4", Side * Side * 3)]
    [InlineData("gif", 5000)]
    public async Task Encode_InBlocksOfAnySize_GivesTheSameBytes(string container, int block)
    {
        byte[] whole = await VideoEncoder.EncodeAsync(Frames, Side, Side, 8, container);

        byte[] parts = await VideoEncoder.EncodeAsync(
            Frames.Chunk(block).Select(part => (ReadOnlyMemory<byte>)part).ToAsyncEnumerable(), Side, Side, 8, container);

        Assert.Equal(whole, parts);
    }

    [Fact]
    public async Task Encode_OfFramesThatBreakOff_EndsWithTheirReason()
    {
        IOException error = await Assert.ThrowsAsync<IOException>(
            () => VideoEncoder.EncodeAsync(Broken(), Side, Side, 8, "mp4").WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal("the second block is not there", error.Message);

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Broken()
        {
            yield return Frames.AsMemory(0, Side * Side * 3);
            await Task.Yield();
            throw new IOException("the second block is not there");
        }
    }

    [Fact]
    public async Task Encode_AsMp4_IsBt709OfLimitedRangeAndSaysSo()
    {
        // Large areas: what is left of each colour is the matrix, not the codec.
        byte[][] colours = [[255, 0, 0], [0, 160, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]];
        byte[] frames = [.. colours.SelectMany(colour => Enumerable.Repeat(colour, 64 * 64).SelectMany(bytes => bytes))];
        string path = Path.Combine(Path.GetTempPath(), $"cil-test-{Guid.NewGuid():N}.mp4");
        try
        {
            await File.WriteAllBytesAsync(path, await VideoEncoder.EncodeAsync(frames, 64, 64, 8, "mp4"));

            byte[] tags = await Ffmpeg.RunAsync(
                "ffprobe",
                ["-v", "error", "-show_entries", "stream=color_range,color_space,color_transfer,color_primaries", "-of", "csv=p=0", path],
                default, 1 << 16, default);
            byte[] yuv = await Ffmpeg.RunAsync(
                "ffmpeg", ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"], default, 1 << 20, default);
            byte[] rgb = await ClipDecoder.DecodeAsync(path, 64, 64, colours.Length);

            Assert.Equal("tv,bt709,bt709,bt709", System.Text.Encoding.ASCII.GetString(tags).Trim());
            for (int i = 0; i < colours.Length; i++)
            {
                // ITU-R BT.709-6, 3.2 and 4: luma 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B).
                double luma = 16 + (219 * ((0.2126 * colours[i][0]) + (0.7152 * colours[i][1]) + (0.0722 * colours[i][2])) / 255);
                Assert.InRange(yuv[(i * 64 * 64 * 3 / 2) + (32 * 64) + 32], luma - 2, luma + 2);
                // 8 bits of limited range there and back.
                for (int band = 0; band < 3; band++)
                    Assert.InRange(rgb[(((i * 64 * 64) + (32 * 64) + 32) * 3) + band], colours[i][band] - 4, colours[i][band] + 4);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Players show a frame of less than 2/100 s for 10/100 s.
    [Theory]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(60)]
    [InlineData(120)]
    public async Task Encode_AsGif_KeepsTheDurationAndNoFrameIsTooShort(int fps)
    {
        const int count = 60;
        byte[] frames = [.. Enumerable.Range(0, count).SelectMany(frame => Enumerable.Repeat((byte)(frame * 4), Side * Side * 3))];

        IReadOnlyList<int> delays = Delays(await VideoEncoder.EncodeAsync(frames, Side, Side, fps, "gif"));

        Assert.All(delays, delay => Assert.True(delay >= 2, $"a frame of {delay}/100 s"));
        // Hundredths of a second; a frame more or less at the end.
        Assert.InRange(
            delays.Sum(), (100.0 * count / fps) - Math.Max(2, 100.0 / fps) - 1, (100.0 * count / fps) + Math.Max(2, 100.0 / fps) + 1);
    }

    // The graphic control extensions of GIF89a, 23: 21 F9 04 flags delay(2) transparent 00.
    private static List<int> Delays(byte[] gif)
    {
        var delays = new List<int>();
        for (int i = 0; i + 7 < gif.Length; i++)
        {
            if (gif[i] == 0x21 && gif[i + 1] == 0xF9 && gif[i + 2] == 4 && gif[i + 7] == 0) delays.Add(gif[i + 4] | (gif[i + 5] << 8));
        }

        return delays;
    }
}
