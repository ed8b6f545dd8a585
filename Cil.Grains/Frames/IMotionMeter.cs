namespace Cil.Grains.Frames;

/// <summary>Measures how much one video moves, frame by frame.</summary>
public interface IMotionMeter
{
    /// <summary>Mean length of the optical flow, pixels a frame; null where nothing was measured.</summary>
    double? Flow { get; }

    /// <summary>
    /// Mean absolute difference of neighbouring frames after the flow is taken out, 0 to 255; null where nothing was
    /// measured.
    /// </summary>
    double? Flicker { get; }

    /// <param name="frame">The next frame, RGB24.</param>
    void Add(ReadOnlySpan<byte> frame);
}
