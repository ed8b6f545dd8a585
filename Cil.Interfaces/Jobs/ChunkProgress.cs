using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Jobs;

/// <summary>How a chunk of a job stands.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Window">The window of the video that it is of, from 0.</param>
/// <param name="Count">Steps or frames of it.</param>
/// <param name="Done">And of those done.</param>
/// <param name="Worker">Who has it now; null for nobody.</param>
/// <param name="Failures">Times that it failed.</param>
/// <param name="Losses">Times that a worker was lost with it.</param>
[GenerateSerializer, Immutable, Alias("cil.ChunkProgress")]
public sealed record ChunkProgress(
    [property: Id(0)] int Index,
    [property: Id(1)] ChunkKind Kind,
    [property: Id(2)] int Window,
    [property: Id(3)] int Count,
    [property: Id(4)] int Done,
    [property: Id(5)] string? Worker,
    [property: Id(6)] int Failures,
    [property: Id(7)] int Losses);
