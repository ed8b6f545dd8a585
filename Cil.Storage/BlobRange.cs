namespace Cil.Storage;

/// <summary>A part of a blob, in bytes.</summary>
public readonly record struct BlobRange(long Offset, long Count);
