using Cil.Evaluation.Motion;

namespace Cil.Evaluation.Tests.Motion;

public sealed class MotionDirectionTests
{
    [Theory]
    [InlineData(1.2, 0, MotionHeading.Right)]
    [InlineData(-1.2, 0, MotionHeading.Left)]
    [InlineData(0, -1.2, MotionHeading.Up)]
    [InlineData(0, 1.2, MotionHeading.Down)]
    [InlineData(1.2, 1.2, MotionHeading.Unclear)]
    [InlineData(0, 0, MotionHeading.Still)]
    public void Measure_OfADiscOnANoisyGround_FindsItsHeading(double dx, double dy, MotionHeading heading)
    {
        MotionMeasurement measured = MotionDirection.Measure(Disc(dx, dy), 16, 64, 64);
        Assert.Equal(heading, measured.Heading);
        Assert.InRange(measured.TravelX, (dx * 15) - 2, (dx * 15) + 2);
        Assert.InRange(measured.TravelY, (dy * 15) - 2, (dy * 15) + 2);
    }

    [Fact]
    public void Measure_OfTooFewBytes_NamesBothSides()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => MotionDirection.Measure(new byte[10], 16, 64, 64));
        Assert.Contains("196608", e.Message, StringComparison.Ordinal);
        Assert.Contains("got 10", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Disc(double dx, double dy)
    {
        var random = new Random(3);
        byte[] frames = new byte[16 * 64 * 64 * 3];
        for (int i = 0; i < frames.Length; i++)
        {
            (int t, int y, int x) = (i / (64 * 64 * 3), i / (64 * 3) % 64, i / 3 % 64);
            double distance = Math.Sqrt(Math.Pow(x - 32 - (dx * t), 2) + Math.Pow(y - 32 - (dy * t), 2));
            frames[i] = (byte)((distance < 8 ? 220 : 90) + random.Next(-4, 5));
        }

        return frames;
    }
}
