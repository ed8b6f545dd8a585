namespace Cil.Interfaces.Workers;

/// <summary>A worker's request for a chunk, with its abilities.</summary>
[GenerateSerializer, Immutable, Alias("cil.WorkerOffer")]
public sealed record WorkerOffer
{
    /// <summary>"silo/ordinal".</summary>
    [Id(0)] public required string Worker { get; init; }

    /// <summary>Models that it can load. A list: every serializer copies it.</summary>
    [Id(1)] public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The model that it has loaded, or null.</summary>
    [Id(2)] public string? Loaded { get; init; }

    /// <summary>The device's memory in bytes; 0 where it is not known.</summary>
    [Id(3)] public long Memory { get; init; }

    /// <summary>The device's class.</summary>
    [Id(4)] public string Class { get; init; } = DeviceClass.Cpu;
}
