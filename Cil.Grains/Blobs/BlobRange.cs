namespace Cil.Grains.Blobs;

/// <summary>A part of a blob, in bytes.</summary>
public readonly record struct BlobRange(long Offset, long Count);
