namespace Cil.Grains.Frames;

/// <summary>How much neighbouring frames differ. It ranks moving above still; it is not the Motion Score of the paper.</summary>
/// <param name="frameBytes">Bytes of one frame.</param>
internal sealed class FrameDifference(int frameBytes)
{
    private readonly byte[] before = new byte[frameBytes];
    private long seen, total;

    /// <summary>Mean absolute difference, 0 to 255; 0 for a single frame.</summary>
    public double Mean => seen <= frameBytes ? 0 : (double)total / (seen - frameBytes);

    /// <param name="frames">The next RGB24 frames, one after the other.</param>
    public void Add(ReadOnlySpan<byte> frames)
    {
        int place = (int)(seen % frameBytes);
        foreach (byte value in frames)
        {
            if (seen++ >= frameBytes) total += Math.Abs(value - before[place]);
            before[place] = value;
            if (++place == frameBytes) place = 0;
        }
    }
}
