using System.Buffers.Binary;

namespace System.IO.Hashing;

/// <summary>CRC-64 of ECMA-182: polynomial 42F0E1EBA9EA3693, zero before and after; the hash is big-endian.</summary>
public sealed class Crc64 : NonCryptographicHashAlgorithm
{
    private const ulong Polynomial = 0x42F0E1EBA9EA3693;
    private const int Size = sizeof(ulong);
    private const int TopByte = 56;
    private static readonly ulong[] Table = BuildTable();

    private ulong crc;

    public Crc64()
        : base(Size)
    {
    }

    public static byte[] Hash(ReadOnlySpan<byte> source)
    {
        byte[] hash = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(hash, HashToUInt64(source));
        return hash;
    }

    public static ulong HashToUInt64(ReadOnlySpan<byte> source) => Update(0, source);

    public ulong GetCurrentHashAsUInt64() => crc;

    public override void Append(ReadOnlySpan<byte> source) => crc = Update(crc, source);

    public override void Reset() => crc = 0;

    protected override void GetCurrentHashCore(Span<byte> destination) =>
        BinaryPrimitives.WriteUInt64BigEndian(destination, crc);

    private static ulong Update(ulong crc, ReadOnlySpan<byte> source)
    {
        foreach (byte value in source) crc = Table[(byte)((crc >> TopByte) ^ value)] ^ (crc << 8);
        return crc;
    }

    private static ulong[] BuildTable()
    {
        ulong[] table = new ulong[256];
        for (int i = 0; i < table.Length; i++)
        {
            ulong crc = (ulong)i << TopByte;
            for (int bit = 0; bit < 8; bit++) crc = (long)crc < 0 ? Polynomial ^ (crc << 1) : crc << 1;
            table[i] = crc;
        }

        return table;
    }
}
