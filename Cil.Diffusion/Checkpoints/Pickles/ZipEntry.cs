namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>A stored (not compressed) file of an archive: where its bytes lie.</summary>
internal readonly record struct ZipEntry(long Offset, long Length);
