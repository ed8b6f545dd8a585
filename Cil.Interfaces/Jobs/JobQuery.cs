namespace Cil.Interfaces.Jobs;

/// <summary>Which jobs are wanted.</summary>
[GenerateSerializer, Immutable, Alias("cil.JobQuery")]
public sealed record JobQuery
{
    /// <summary>Only this tenant's; null for all.</summary>
    [Id(0)] public string? Tenant { get; init; }

    /// <summary>The job that the page comes after; null for the beginning.</summary>
    [Id(1)] public RenderJobId? After { get; init; }

    /// <summary>1 to 1000.</summary>
    [Id(2)] public int Limit { get; init; } = 20;

    /// <summary>Oldest first; else newest first.</summary>
    [Id(3)] public bool OldestFirst { get; init; }
}
