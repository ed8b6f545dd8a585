using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Cil.Media.Images;

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

    private static byte[] Pack()
    {
        using var packed = new MemoryStream();
        var zeros = new byte[1 << 20];
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int i = 0; i < BlockBytes / zeros.Length; i++) zlib.Write(zeros);
        }

        return packed.ToArray();
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        var chunk = new byte[data.Length + 12];
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
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture) >> 10;
}

[CollectionDefinition(nameof(PictureMemoryTests), DisableParallelization = true)]
public sealed class RunAlone;
