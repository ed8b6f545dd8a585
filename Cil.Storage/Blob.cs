namespace Cil.Storage;

/// <summary>Content as it was read.</summary>
/// <param name="Length">Bytes of the whole blob, whatever range was asked for.</param>
public sealed record Blob(ReadOnlyMemory<byte> Content, string ETag, long Length);
