namespace Cil.Interfaces.Chunks;

/// <summary>How a chunk ended.</summary>
[GenerateSerializer, Immutable, Alias("cil.ChunkResult")]
public abstract record ChunkResult
{
    private ChunkResult()
    {
    }

    /// <summary>What the chunk makes is in storage.</summary>
    /// <param name="OutputBlob">Latents (safetensors), or frames (RGB24).</param>
    /// <param name="PreviewBlob">A small PNG, after denoising.</param>
    /// <param name="WeightsHash">SHA-256 of the weights that made it.</param>
    /// <param name="Device">The device, in words.</param>
    [GenerateSerializer, Immutable, Alias("cil.ChunkResult.Rendered")]
    public sealed record Rendered(
        [property: Id(0)] string OutputBlob, [property: Id(
            1)] string? PreviewBlob, [property: Id(2)] string WeightsHash, [property: Id(3)] string Device) : ChunkResult
    {
        /// <summary>
        /// The most device memory that was in use while the chunk was rendered, in bytes; 0 where the device does not tell.
        /// </summary>
        [Id(4)] public long PeakBytes { get; init; }
    }

    [GenerateSerializer, Immutable, Alias("cil.ChunkResult.Failed")]
    public sealed record Failed([property: Id(0)] JobError Error) : ChunkResult;

    /// <summary>A source of the chunk cannot be read: it is damaged or missing.</summary>
    [GenerateSerializer, Immutable, Alias("cil.ChunkResult.Torn")]
    public sealed record Corrupt([property: Id(0)] string Blob) : ChunkResult;

    /// <summary>The worker stopped it: the job was cancelled, or the silo is leaving.</summary>
    [GenerateSerializer, Immutable, Alias("cil.ChunkResult.Stopped")]
    public sealed record Stopped : ChunkResult;
}
