using System.IO.Hashing;

namespace Hashing.Tests;

public sealed class ChecksumTests
{
    // The input of every catalogue's check value (reveng.sourceforge.io/crc-catalogue).
    private static readonly byte[] Check = "123456789"u8.ToArray();

    [Fact]
    public void Crc32_OfTheCheckInput_IsTheCataloguesValue()
    {
        Assert.Equal(0xCBF43926u, Crc32.HashToUInt32(Check));
        Assert.Equal([0x26, 0x39, 0xF4, 0xCB], Crc32.Hash(Check));
    }

    [Fact]
    public void Crc64_OfTheCheckInput_IsTheCataloguesValue()
    {
        Assert.Equal(0x6C40DF5F0B497347u, Crc64.HashToUInt64(Check));
        Assert.Equal([0x6C, 0x40, 0xDF, 0x5F, 0x0B, 0x49, 0x73, 0x47], Crc64.Hash(Check));
    }

    [Fact]
    public void Hash_OfNoData_IsZero()
    {
        Assert.Equal(0u, Crc32.HashToUInt32([]));
        Assert.Equal(0ul, Crc64.HashToUInt64([]));
    }

    public static TheoryData<NonCryptographicHashAlgorithm> Algorithms => new(new Crc32(), new Crc64());

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Data_InPiecesOrStreams_HashesAsAWhole(NonCryptographicHashAlgorithm algorithm)
    {
        byte[] data = new byte[200_000];
        new Random(5).NextBytes(data);
        algorithm.Append(data);
        byte[] whole = algorithm.GetHashAndReset();

        foreach (byte[] piece in data.Chunk(777)) algorithm.Append(piece);
        Assert.Equal(whole, algorithm.GetCurrentHash());
        Assert.Equal(whole, algorithm.GetHashAndReset());

        algorithm.Append(new MemoryStream(data));
        Assert.Equal(whole, algorithm.GetHashAndReset());

        await algorithm.AppendAsync(new MemoryStream(data));
        Assert.Equal(whole, algorithm.GetHashAndReset());
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Destination_ThatIsTooShort_IsRefusedOrReported(NonCryptographicHashAlgorithm algorithm)
    {
        byte[] small = new byte[algorithm.HashLengthInBytes - 1];
        Assert.Throws<ArgumentException>(() => algorithm.GetCurrentHash(small));
        Assert.False(algorithm.TryGetCurrentHash(small, out int written));
        Assert.Equal(0, written);
    }
}
