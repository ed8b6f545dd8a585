namespace Cil.Client.Contracts;

/// <summary>Why a job waits.</summary>
/// <param name="Reason">In words; null when it does not wait.</param>
public sealed record ApiReason(string? Reason);
