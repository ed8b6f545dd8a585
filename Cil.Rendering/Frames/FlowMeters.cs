using Cil.Grains.Frames;
using Cil.Media.Motion;

namespace Cil.Rendering.Frames;

/// <summary>Motion as the length of optical flow (<see cref="MotionMeter"/>).</summary>
internal sealed class FlowMeters : IMotionMeters
{
    public IMotionMeter Start(int width, int height) => new Meter(new MotionMeter(width, height));

    private sealed class Meter(MotionMeter meter) : IMotionMeter
    {
        public double? Flow => meter.Pairs == 0 ? null : meter.Flow;

        public double? Flicker => meter.Pairs == 0 ? null : meter.Flicker;

        public void Add(ReadOnlySpan<byte> frame) => meter.Add(frame);
    }
}
