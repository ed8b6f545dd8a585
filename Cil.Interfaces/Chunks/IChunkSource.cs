namespace Cil.Interfaces.Chunks;

/// <summary>A coordinator as its workers see it: it hands out chunks, hears of them, and takes what they end in.</summary>
[Alias("cil.IChunkSource")]
public interface IChunkSource : IGrainWithStringKey
{
    /// <summary>A worker takes a chunk; null when it need not be rendered any more.</summary>
    [Alias("BeginChunk"), ResponseTimeout(CallPatience.Begin)] Task<ChunkLease?> BeginChunkAsync(int chunk, string worker);

    /// <summary>A worker's sign of life.</summary>
    /// <param name="done">Steps, frames or clips of the chunk that are done.</param>
    [Alias("Heartbeat"), ResponseTimeout(CallPatience.Short)] Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done);

    /// <summary>A chunk's end. Under an old epoch, or a second time, it changes nothing.</summary>
    [Alias("Report"), ResponseTimeout(CallPatience.Short)] Task ReportAsync(int chunk, long epoch, ChunkResult result);

    /// <summary>Takes up again what was lost with the coordinator's process.</summary>
    /// <returns>Whether there is work of this id that is not over.</returns>
    [Alias("Resume"), ResponseTimeout(CallPatience.Short)] Task<bool> ResumeAsync();
}
