using Cil.Interfaces.Workers;

namespace Cil.Interfaces.Queue;

/// <summary>The queue as it stands at one moment.</summary>
[GenerateSerializer, Immutable, Alias("cil.QueueStatus")]
public sealed record QueueStatus
{
    /// <summary>Jobs that wait, and chunks that workers have.</summary>
    [Id(0)] public required int Waiting { get; init; }

    [Id(1)] public required int Running { get; init; }

    /// <summary>Whether nothing is handed out.</summary>
    [Id(2)] public required bool IsPaused { get; init; }

    [Id(3)] public required IReadOnlyList<TenantStatus> Tenants { get; init; }

    [Id(4)] public required IReadOnlyList<WorkerStatus> Workers { get; init; }

    /// <summary>Models that nothing is handed out of.</summary>
    [Id(5)] public IReadOnlyList<string> PausedModels { get; init; } = [];
}
