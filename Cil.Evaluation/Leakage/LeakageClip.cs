namespace Cil.Evaluation.Leakage;

/// <summary>A clip that moves, of a model's own size and length, and what is told of it.</summary>
/// <param name="Frames">RGB24, frames × height × width × 3 bytes; the first is the conditional image.</param>
/// <param name="Caption">Best without words of motion: they give away what the noise is to tell.</param>
public sealed record LeakageClip(byte[] Frames, string Caption);
