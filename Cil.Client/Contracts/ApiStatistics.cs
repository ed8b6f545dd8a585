using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>A measurement as it stands at one moment.</summary>
public sealed record ApiStatistics
{
    /// <summary>The same request has the same id; a job's field `analyticInit` takes it once the measurement is complete.</summary>
    public required string Id { get; init; }

    public required ApiJobState State { get; init; }

    /// <summary>Clips measured, and of how many.</summary>
    public int ClipsDone { get; init; }

    public int Clips { get; init; }

    /// <summary>The file; null until it is complete.</summary>
    public string? Url { get; init; }

    public ApiJobError? Error { get; init; }

    [JsonIgnore]
    public bool IsFinished => State is ApiJobState.Completed or ApiJobState.Failed or ApiJobState.Cancelled;
}
