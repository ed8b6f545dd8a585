namespace Cil.Interfaces.Chunks;

/// <summary>A coordinator as its workers see it: hands out chunks, takes heartbeats and results.</summary>
[Alias("cil.IChunkSource")]
public interface IChunkSource : IGrainWithStringKey
{
    /// <summary>A worker takes a chunk; null when it need not be rendered any more.</summary>
    [Alias("BeginChunk"), ResponseTimeout(CallTimeout.Begin)] Task<ChunkLease?> BeginChunkAsync(int chunk, string worker);

    /// <summary>A worker's heartbeat.</summary>
    /// <param name="done">Steps, frames or clips of the chunk that are done.</param>
    [Alias("Heartbeat"), ResponseTimeout(CallTimeout.Short)] Task<HeartbeatAnswer> HeartbeatAsync(int chunk, long epoch, int done);

    /// <summary>A chunk's end. Has no effect under an old epoch or a second time.</summary>
    [Alias("Report"), ResponseTimeout(CallTimeout.Short)] Task ReportAsync(int chunk, long epoch, ChunkResult result);

    /// <summary>Goes on with unfinished work after the coordinator's process was lost.</summary>
    /// <returns>Whether there is work of this id that is not over.</returns>
    [Alias("Resume"), ResponseTimeout(CallTimeout.Short)] Task<bool> ResumeAsync();
}
