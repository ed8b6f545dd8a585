namespace Cil.Client.Contracts;

/// <summary>Why a job or a measurement failed.</summary>
/// <param name="Code">For programs, such as out_of_memory.</param>
/// <param name="Message">For people.</param>
/// <param name="Retryable">Whether trying again makes sense.</param>
public sealed record ApiJobError(string Code, string Message, bool Retryable);
