namespace Cil.Client.Contracts;

/// <summary>A page of jobs.</summary>
/// <param name="HasMore">Whether there are jobs after these.</param>
/// <param name="Next">What the next page comes after, as the query's `after` takes it; null when this one is the last.</param>
public sealed record ApiJobPage(IReadOnlyList<ApiJob> Jobs, bool HasMore, string? Next);
