using System.Buffers.Binary;

namespace System.IO.Hashing;

/// <summary>CRC-32 of IEEE 802.3: reflected polynomial EDB88320, all ones before and after; the hash is little-endian.</summary>
public sealed class Crc32 : NonCryptographicHashAlgorithm
{
    private const uint Polynomial = 0xEDB88320;
    private const int Size = sizeof(uint);
    private static readonly uint[] Table = BuildTable();

    private uint crc = uint.MaxValue;

    public Crc32()
        : base(Size)
    {
    }

    public static byte[] Hash(ReadOnlySpan<byte> source)
    {
        byte[] hash = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, HashToUInt32(source));
        return hash;
    }

    public static uint HashToUInt32(ReadOnlySpan<byte> source) => ~Update(uint.MaxValue, source);

    public uint GetCurrentHashAsUInt32() => ~crc;

    public override void Append(ReadOnlySpan<byte> source) => crc = Update(crc, source);

    public override void Reset() => crc = uint.MaxValue;

    protected override void GetCurrentHashCore(Span<byte> destination) =>
        BinaryPrimitives.WriteUInt32LittleEndian(destination, ~crc);

    private static uint Update(uint crc, ReadOnlySpan<byte> source)
    {
        foreach (byte value in source) crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] BuildTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? Polynomial ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
