using Cil.Grains.Frames;

namespace Cil.Benchmarks.Scale;

/// <summary>Nothing is measured: what these benchmarks time is the grid.</summary>
internal sealed class NoMeters : IMotionMeters, IMotionMeter
{
    public double? Flow => null;

    public double? Flicker => null;

    public void Add(ReadOnlySpan<byte> frame)
    {
    }

    public IMotionMeter Start(int width, int height) => this;
}
