using Cil.Grains.Frames;

namespace Cil.Grains.Tests.Grid;

/// <summary>Reports as flow how many frames it was given, and as flicker their bytes.</summary>
internal sealed class CountingMeters : IMotionMeters
{
    public IMotionMeter Start(int width, int height) => new Meter();

    private sealed class Meter : IMotionMeter
    {
        private int frames, bytes;

        public double? Flow => frames;

        public double? Flicker => bytes;

        public void Add(ReadOnlySpan<byte> frame)
        {
            frames++;
            bytes += frame.Length;
        }
    }
}
