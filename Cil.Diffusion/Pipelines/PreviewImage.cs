namespace Cil.Diffusion.Pipelines;

/// <summary>A small picture of a render in progress.</summary>
/// <param name="Rgb">RGB24, row-major.</param>
public sealed record PreviewImage(byte[] Rgb, int Width, int Height);
