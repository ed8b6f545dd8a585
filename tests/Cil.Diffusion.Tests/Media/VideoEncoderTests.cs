using Cil.Diffusion.Media;

namespace Cil.Diffusion.Tests.Media;

public sealed class VideoEncoderTests
{
    private const int Side = 16, Count = 9;

    private static readonly byte[] Frames = [.. Enumerable.Range(0, Count * Side * Side * 3).Select(i => (byte)((i / 7) + (i / (Side * Side))))];

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
        var error = await Assert.ThrowsAsync<IOException>(() => VideoEncoder.EncodeAsync(Broken(), Side, Side, 8, "mp4").WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal("the second block is not there", error.Message);

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Broken()
        {
            yield return Frames.AsMemory(0, Side * Side * 3);
            await Task.Yield();
            throw new IOException("the second block is not there");
        }
    }
}
