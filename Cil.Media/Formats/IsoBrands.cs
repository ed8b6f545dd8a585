using System.Buffers.Binary;

namespace Cil.Media.Formats;

/// <summary>The brands of a file's first box, which tell AVIF, HEIC and MP4 from each other (ISO/IEC 14496-12, 4.3).</summary>
internal static class IsoBrands
{
    private const int BrandsAt = 8, MinorVersionAt = 12;

    /// <summary>Whether the file begins with an `ftyp` box that lists the brand.</summary>
    public static bool Have(ReadOnlySpan<byte> head, ReadOnlySpan<byte> brand)
    {
        if (head.Length < MinorVersionAt || !head[4..].StartsWith("ftyp"u8)) return false;
        int end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), (uint)head.Length);
        for (int at = BrandsAt; at + 4 <= end; at += 4)
        {
            if (at != MinorVersionAt && head.Slice(at, 4).SequenceEqual(brand)) return true;
        }

        return false;
    }
}
