using Cil.Grains.Frames;

namespace Cil.Grains.Tests.Frames;

public sealed class FrameDifferenceTests
{
    private static readonly byte[] ThreeFrames = [0, 10, 4, 10, 0, 5];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Mean_InBlocksOfAnySize_IsTheSame(int block)
    {
        var difference = new FrameDifference(frameBytes: 2);
        foreach (byte[] part in ThreeFrames.Chunk(block)) difference.Add(part);

        // |4 - 0|, |10 - 10|, |0 - 4|, |5 - 10|.
        Assert.Equal(13 / 4.0, difference.Mean);
    }

    [Fact]
    public void Mean_OfOneFrameOrNone_IsNothing()
    {
        var difference = new FrameDifference(frameBytes: 2);
        Assert.Equal(0, difference.Mean);

        difference.Add([1, 2]);

        Assert.Equal(0, difference.Mean);
    }
}
