namespace Cil.Interfaces.Workers;

/// <summary>A worker as the queue knows it.</summary>
/// <param name="Chunks">Chunks that it was handed and has not ended.</param>
/// <param name="Class">Its device's class.</param>
[GenerateSerializer, Immutable, Alias("cil.WorkerStatus")]
public sealed record WorkerStatus(
    [property: Id(0)] string Worker,
    [property: Id(1)] string? Loaded,
    [property: Id(2)] long Memory,
    [property: Id(3)] int Chunks,
    [property: Id(4)] DateTimeOffset Heard,
    [property: Id(5)] string Class);
