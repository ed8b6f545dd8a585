namespace Cil.Client.Contracts;

/// <summary>A page of batches.</summary>
/// <param name="HasMore">Whether there are batches after these.</param>
/// <param name="Next">What the next page comes after, as the query's `after` takes it; null when this one is the last.</param>
public sealed record ApiBatchPage(IReadOnlyList<ApiBatchSummary> Batches, bool HasMore, string? Next);
