using Cil.Diffusion.AnalyticInit;
using Cil.Interfaces.Chunks;

namespace Cil.Rendering.Chunks;

/// <summary>What was read from storage for a chunk; null for what the device holds already, or the chunk does not want.</summary>
/// <param name="Image">RGB24 of the video's size.</param>
/// <param name="Latents">Safetensors.</param>
/// <param name="Predictions">Safetensors of each chunk that this one joins.</param>
internal sealed record ChunkInput(
    ChunkSources Sources, byte[]? Image, LatentStatistics? Statistics, byte[]? Latents, IReadOnlyDictionary<Chunk, byte[]> Predictions);
