namespace Cil.Interfaces.Chunks;

/// <summary>
/// A few denoising steps, a few frames to decode, or a few clips to measure: the unit of progress, retry, cancellation and
/// accounting.
/// </summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="First">First step, frame or clip.</param>
/// <param name="Count">Steps, frames or clips.</param>
[GenerateSerializer, Immutable, Alias("cil.Chunk")]
public sealed record Chunk(
    [property: Id(0)] int Index, [property: Id(1)] ChunkKind Kind, [property: Id(2)] int First, [property: Id(3)] int Count)
{
    /// <summary>The window of the video that it is of, from 0.</summary>
    [Id(4)] public int Window { get; init; }

    /// <summary>Which passes of guidance it makes.</summary>
    [Id(5)] public GuidanceBranch Branch { get; init; }
}
