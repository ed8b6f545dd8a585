using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Media.Tests.Images;

/// <summary>Files that unpack to far more than they are. Run alone: the process's peak is measured.</summary>
[Collection(nameof(PictureMemoryTests))]
public sealed class PictureMemoryTests
{
    private const int Blocks = 16, BlockBytes = 64 << 20, MostMebibytes = 300;

    [Fact]
    public async Task Decode_OfAPngWithAGibibyteOfPackedText_StaysSmall()
    {
        byte[] picture = PngWriter.Write(new byte[16 * 16 * 3], 16, 16);
        const int afterHeader = 33;
        byte[] text = Chunk("zTXt"u8, [.. "Comment\0\0"u8, .. Pack()]);
        byte[] bomb = [.. picture[..afterHeader], .. Enumerable.Repeat(text, Blocks).SelectMany(bytes => bytes), .. picture[afterHeader..]];
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        long before = PeakMebibytes();

        byte[] rgb = await ImageDecoder.DecodeAsync(bomb, 16, 16);

        Assert.All(rgb, value => Assert.Equal(0, value));
        Assert.True(PeakMebibytes() - before < MostMebibytes, $"took {PeakMebibytes() - before} MiB");
    }

    [Theory]
    [InlineData("qoi")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public async Task Decode_OfAPictureThatIsInMemoryAsAWhole_TakesItOnce(string format)
    {
        byte[] picture = await MakeAsync(format, 4900);
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        long before = PeakMebibytes();

        _ = await ImageDecoder.DecodeAsync(picture, 16, 16);

        Assert.True(PeakMebibytes() - before < MostMebibytes, $"took {PeakMebibytes() - before} MiB");
    }

    [Theory]
    [InlineData("gif")]
    [InlineData("tiff")]
    [InlineData("webp")]
    public async Task Decode_OfMorePixelsThanMayBeInMemoryAsAWhole_IsRefused(string format) =>
        await RefusedAsync(await MakeAsync(format, 5002));

    [Fact]
    public async Task Decode_OfAProgressiveJpegWithMorePixelsThanMayBeInMemoryAsAWhole_IsRefused()
    {
        byte[] picture = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Files", "progressive.jpg"));
        // The header of a progressive frame (T.81, B.2.2): its marker, length and precision, then height and width.
        int frame = picture.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]);
        foreach (int side in (int[])[5, 7]) BinaryPrimitives.WriteUInt16BigEndian(picture.AsSpan(frame + side), 9000);

        await RefusedAsync(picture);
    }

    [Fact]
    public async Task Decode_OfAnInterlacedPngWithMorePixelsThanMayBeInMemoryAsAWhole_IsRefused()
    {
        byte[] picture = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Files", "interlaced.png"));
        const int data = 16, length = 13;
        byte[] header = picture[data..(data + length)];
        foreach (int side in (int[])[0, 4]) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(side), 9000);
        Chunk("IHDR"u8, header).CopyTo(picture, data - 8);

        await RefusedAsync(picture);
    }

    private static async Task RefusedAsync(byte[] picture)
    {
        MediaException refused = await Assert.ThrowsAsync<MediaException>(() => ImageDecoder.DecodeAsync(picture, 16, 16));
        Assert.Contains($"at most {ImageDecoder.MaxWholePixels} pixels", refused.Message, StringComparison.Ordinal);
    }

    // Of one colour: small as a file, whatever its size.
    private static async Task<byte[]> MakeAsync(string format, int side)
    {
        string file = Path.Combine(Path.GetTempPath(), $"cil-large-{Guid.NewGuid():N}.{format}");
        try
        {
            using Process ffmpeg = Process.Start(
                "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", $"color=red:size={side}x{side}", "-frames:v", "1", file]);
            await ffmpeg.WaitForExitAsync();
            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Pack()
    {
        using var packed = new MemoryStream();
        byte[] zeros = new byte[1 << 20];
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int i = 0; i < BlockBytes / zeros.Length; i++) zlib.Write(zeros);
        }

        return packed.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        uint crc = uint.MaxValue;
        foreach (byte value in chunk.AsSpan(4, data.Length + 4))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), crc ^ uint.MaxValue);
        return chunk;
    }

    // proc(5): the most that was resident since the last write to clear_refs, in kB.
    private static long PeakMebibytes() =>
        long.Parse(
            File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]
                .Trim(),
            CultureInfo.InvariantCulture) >> 10;
}

[CollectionDefinition(nameof(PictureMemoryTests), DisableParallelization = true)]
public sealed class RunAlone;
