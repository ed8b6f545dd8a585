namespace Cil.Grains.Frames;

/// <summary>How much neighbouring frames differ. It ranks moving above still; it is not the Motion Score of the paper.</summary>
public static class FrameDifference
{
    /// <param name="frames">RGB24 frames, one after the other.</param>
    /// <param name="frameBytes">Bytes of one frame.</param>
    /// <returns>Mean absolute difference, 0 to 255; 0 for a single frame.</returns>
    public static double Mean(ReadOnlySpan<byte> frames, int frameBytes)
    {
        long total = 0;
        for (int i = frameBytes; i < frames.Length; i++) total += Math.Abs(frames[i] - frames[i - frameBytes]);
        return frames.Length <= frameBytes ? 0 : (double)total / (frames.Length - frameBytes);
    }
}
