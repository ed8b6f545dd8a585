using Cil.Interfaces.Jobs;

namespace Cil.Client.Http;

/// <summary>A page of jobs.</summary>
/// <param name="Next">What the next page comes after, as the query's `after` takes it; null when this one is the last.</param>
public sealed record ApiPage(IReadOnlyList<JobSnapshot> Jobs, string? Next = null);
