namespace Cil.Rendering.Chunks;

/// <summary>What a chunk goes on from is damaged or not in storage; it can be made again.</summary>
internal sealed class CorruptBlobException(string blob, Exception? inner = null) : Exception($"{blob}: damaged or lost", inner)
{
    internal string Blob { get; } = blob;
}
