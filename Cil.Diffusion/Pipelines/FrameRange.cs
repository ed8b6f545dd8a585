namespace Cil.Diffusion.Pipelines;

/// <summary>Consecutive frames of a video.</summary>
/// <param name="First">From 0.</param>
/// <param name="Count">1 or more.</param>
public readonly record struct FrameRange(int First, int Count)
{
    /// <summary>The first frame after it.</summary>
    public int End => First + Count;

    internal bool Shares(FrameRange other) => First < other.End && other.First < End;
}
