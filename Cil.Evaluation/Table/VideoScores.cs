using Cil.Media.Motion;

namespace Cil.Evaluation.Table;

/// <summary>What is measured of one video.</summary>
/// <param name="Motion">Mean length of the optical flow, pixels a frame.</param>
/// <param name="Flicker">What of the difference between frames is left without it, grey levels of 255.</param>
/// <param name="Alignment">How near the first frame is to the conditional image: peak signal-to-noise ratio, dB.</param>
public sealed record VideoScores(double Motion, double Flicker, double Alignment)
{
    // Of frames that are alike to the last bit.
    private const double HighestRatio = 100;

    /// <param name="video">RGB24 frames.</param>
    /// <param name="image">The conditional image, RGB24.</param>
    public static VideoScores Of(byte[] video, ReadOnlySpan<byte> image, int width, int height)
    {
        MotionMeter meter = MotionMeter.Measure(video, width, height);
        double sum = 0;
        for (int i = 0; i < image.Length; i++) sum += (video[i] - image[i]) * (video[i] - image[i]);
        double ratio = sum == 0 ? HighestRatio : Math.Min(HighestRatio, 10 * Math.Log10(255.0 * 255 * image.Length / sum));
        return new VideoScores(meter.Flow, meter.Flicker, ratio);
    }
}
