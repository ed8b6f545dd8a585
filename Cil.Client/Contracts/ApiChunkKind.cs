namespace Cil.Client.Contracts;

/// <summary>What a chunk does; written by name.</summary>
public enum ApiChunkKind
{
    Denoise,
    Decode,
    Measure,
    Predict,
}
