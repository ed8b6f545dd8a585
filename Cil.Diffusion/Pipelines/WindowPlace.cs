namespace Cil.Diffusion.Pipelines;

/// <summary>
/// Where a window lies in a video whose noise is drawn as a whole, so that windows see the same noise in a frame that they
/// share.
/// </summary>
/// <param name="First">The video's frame that is the window's first.</param>
/// <param name="Frames">Frames of the whole video.</param>
public sealed record WindowPlace(int First, int Frames);
