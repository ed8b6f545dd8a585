using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Statistics;

/// <summary>A measurement as it stands at one moment.</summary>
[GenerateSerializer, Immutable, Alias("cil.StatisticsSnapshot")]
public sealed record StatisticsSnapshot
{
    [Id(0)] public required JobState State { get; init; }

    /// <summary>Clips measured, and of how many.</summary>
    [Id(1)] public int ClipsDone { get; init; }

    [Id(2)] public int Clips { get; init; }

    /// <summary>The statistics, as `RenderRequest.AnalyticInit` takes them; null until they are complete.</summary>
    [Id(3)] public string? Blob { get; init; }

    [Id(4)] public JobError? Error { get; init; }

    public bool IsFinished => State.IsFinished();
}
