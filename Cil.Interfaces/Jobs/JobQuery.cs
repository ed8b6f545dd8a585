namespace Cil.Interfaces.Jobs;

/// <summary>Which jobs are wanted.</summary>
[GenerateSerializer, Immutable, Alias("cil.JobQuery")]
public sealed record JobQuery
{
    /// <summary>Only this tenant's; null for all.</summary>
    [Id(0)] public string? Tenant { get; init; }

    /// <summary>
    /// The job that the page comes after, which must not have been deleted; null for the beginning. <see cref="From"/> is
    /// better.
    /// </summary>
    [Id(1)] public RenderJobId? After { get; init; }

    /// <summary>1 to 1000.</summary>
    [Id(2)] public int Limit { get; init; } = 20;

    /// <summary>Oldest first; else newest first.</summary>
    [Id(3)] public bool OldestFirst { get; init; }

    /// <summary>The place that the page comes after; null for the beginning, or <see cref="After"/>.</summary>
    [Id(4)] public JobCursor? From { get; init; }
}
