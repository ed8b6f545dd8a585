namespace Cil.Interfaces.Chunks;

/// <summary>What a chunk does. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.ChunkKind")]
public enum ChunkKind
{
    Denoise = 0,
    Decode = 1,

    /// <summary>Clips of a data set are encoded, and their latents' moments summed.</summary>
    Measure = 2,

    /// <summary>
    /// One step's passes of the network over one window; the chunk that follows blends the predictions. So overlapping
    /// windows and the two guidance branches run in parallel.
    /// </summary>
    Predict = 3,
}
