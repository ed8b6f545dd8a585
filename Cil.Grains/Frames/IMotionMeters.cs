namespace Cil.Grains.Frames;

/// <summary>The port to optical flow.</summary>
public interface IMotionMeters
{
    /// <summary>A meter for one video of this size, in pixels.</summary>
    IMotionMeter Start(int width, int height);
}
