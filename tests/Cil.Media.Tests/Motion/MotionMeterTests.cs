using Cil.Media.Motion;

namespace Cil.Media.Tests.Motion;

public sealed class MotionMeterTests
{
    private const int Side = 64, Frames = 6;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-2.5, 1)]
    [InlineData(0.4, -0.3)]
    [InlineData(4, 3)]
    public void Flow_OfATextureThatMoves_IsItsStep(double x, double y)
    {
        MotionMeter meter = MotionMeter.Measure(Clip((frame, column, row) => Texture(column - (x * frame), row - (y * frame))), Side, Side);

        // At the edges new texture comes in, which has no flow to be found.
        double length = Math.Sqrt((x * x) + (y * y));
        Assert.InRange(meter.Flow, length * 0.85, length * 1.1);
    }

    // The mean frame difference cannot tell these two: that is why it is not the motion of a result.
    [Fact]
    public void Flow_OfAStillPictureThatFlickers_IsNoMotion()
    {
        var random = new Random(1);
        double[] light = [.. Enumerable.Range(0, Frames).Select(frame => frame % 2 * 8.0)];
        byte[] flickering = Clip((frame, column, row) => Texture(column, row) + light[frame] + random.Next(-3, 4));
        byte[] moving = Clip((frame, column, row) => Texture(column - (0.4 * frame), row));

        MotionMeter still = MotionMeter.Measure(flickering, Side, Side), moves = MotionMeter.Measure(moving, Side, Side);

        Assert.True(Difference(flickering) > Difference(moving), "by the frame difference the still picture moves more");
        Assert.InRange(still.Flow, 0, 0.05);
        Assert.InRange(moves.Flow, 0.3, 0.5);
        Assert.True(still.Flicker > 5 * moves.Flicker, $"flicker {still.Flicker} of the still picture, {moves.Flicker} of the moving one");
    }

    [Fact]
    public void Flow_OfALargeVideo_IsInItsOwnPixels()
    {
        const int Large = 512;
        byte[] frames = new byte[2 * Large * Large * 3];
        for (int i = 0; i < frames.Length / 3; i++)
        {
            double value = Texture(((i % Large) - (4 * (i / (Large * Large)))) / 4.0, (i / Large % Large) / 4.0);
            for (int channel = 0; channel < 3; channel++) frames[(3 * i) + channel] = (byte)value;
        }

        Assert.InRange(MotionMeter.Measure(frames, Large, Large).Flow, 3.6, 4.3);
    }

    [Fact]
    public void Measure_OfOneFrame_OrOfTinyFrames_FindsNoPair()
    {
        Assert.Equal(0, MotionMeter.Measure(new byte[Side * Side * 3], Side, Side).Pairs);
        Assert.Equal(0, MotionMeter.Measure(new byte[2 * 8 * 8 * 3], 8, 8).Pairs);
    }

    private static double Texture(double x, double y) =>
        128 + (50 * Math.Sin(x * 0.45) * Math.Cos(y * 0.35)) + (30 * Math.Sin((x + (2 * y)) * 0.23));

    private static byte[] Clip(Func<int, int, int, double> value)
    {
        byte[] frames = new byte[Frames * Side * Side * 3];
        for (int i = 0; i < frames.Length / 3; i++)
        {
            byte grey = (byte)Math.Clamp(value(i / (Side * Side), i % Side, i / Side % Side) + 0.5, 0, 255);
            (frames[3 * i], frames[(3 * i) + 1], frames[(3 * i) + 2]) = (grey, grey, grey);
        }

        return frames;
    }

    private static double Difference(byte[] frames)
    {
        const int Bytes = Side * Side * 3;
        return Enumerable.Range(Bytes, frames.Length - Bytes).Average(i => Math.Abs(frames[i] - frames[i - Bytes]));
    }
}
