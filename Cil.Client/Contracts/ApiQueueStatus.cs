namespace Cil.Client.Contracts;

/// <summary>The queue as it stands at one moment.</summary>
public sealed record ApiQueueStatus
{
    /// <summary>Jobs that wait.</summary>
    public required int Waiting { get; init; }

    /// <summary>Chunks that workers have.</summary>
    public required int Running { get; init; }

    /// <summary>Whether nothing is handed out.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Models that nothing is handed out of.</summary>
    public IReadOnlyList<string> PausedModels { get; init; } = [];

    public required IReadOnlyList<ApiQueueTenant> Tenants { get; init; }

    public required IReadOnlyList<ApiWorker> Workers { get; init; }
}
