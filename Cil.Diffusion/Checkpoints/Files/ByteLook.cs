namespace Cil.Diffusion.Checkpoints.Files;

/// <summary>
/// Sees bytes that were just read, some at a time, in any order and on several threads; cut at multiples of 8 from their
/// beginning.
/// </summary>
public delegate void ByteLook(ReadOnlySpan<byte> bytes);
