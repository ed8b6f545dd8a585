namespace Cil.Media.Motion;

/// <summary>
/// How much a video moves and how much it flickers, frame by frame. Motion is the mean length of the optical flow; flicker is what
/// is left of the difference between neighbouring frames after the flow is taken out. Large frames are measured at up to 256 pixels.
/// </summary>
public sealed class MotionMeter
{
    private const int LargestSide = 256, SmallestSide = 16;

    private readonly int width, height, shrink;
    private GreyImage? before;
    private double length, residual;

    /// <param name="width">Pixels; frames under 16 pixels on a side are not measured.</param>
    public MotionMeter(int width, int height)
    {
        (this.width, this.height) = (width, height);
        int largest = (Math.Max(width, height) + LargestSide - 1) / LargestSide;
        shrink = Math.Max(1, Math.Min(largest, Math.Min(width, height) / SmallestSide));
    }

    /// <summary>Pairs of neighbouring frames that were measured.</summary>
    public int Pairs { get; private set; }

    /// <summary>Mean length of the flow, pixels of the video a frame; 0 without a pair.</summary>
    public double Flow => Pairs == 0 ? 0 : length / Pairs;

    /// <summary>Mean absolute difference after the flow is taken out, in grey levels of 255; 0 without a pair.</summary>
    public double Flicker => Pairs == 0 ? 0 : residual / Pairs;

    /// <param name="frame">The next frame, RGB24.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit.</exception>
    public void Add(ReadOnlySpan<byte> frame)
    {
        if (Math.Min(width, height) < SmallestSide) return;
        var now = GreyImage.FromRgb(frame, width, height, shrink);
        if (before is not null)
        {
            FlowField flow = OpticalFlow.Between(before, now);
            length += flow.MeanLength() * shrink;
            residual += OpticalFlow.Residual(before, now, flow);
            Pairs++;
        }

        before = now;
    }

    /// <summary>Measures a whole clip.</summary>
    /// <param name="frames">RGB24, one frame after the other.</param>
    public static MotionMeter Measure(ReadOnlySpan<byte> frames, int width, int height)
    {
        var meter = new MotionMeter(width, height);
        int bytes = width * height * 3;
        for (int start = 0; start < frames.Length; start += bytes) meter.Add(frames.Slice(start, bytes));
        return meter;
    }
}
