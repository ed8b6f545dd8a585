using Cil.Interfaces;

namespace Cil.Client.Http;

/// <summary>The body of every answer that is no success.</summary>
/// <param name="Code">For programs: one of the constants here.</param>
/// <param name="Message">For people.</param>
/// <param name="Faults">Each thing wrong with the request; empty unless the code is <see cref="InvalidRequest"/>.</param>
public sealed record ApiError(string Code, string Message, IReadOnlyList<RequestError> Faults)
{
    public const string InvalidRequest = "invalid_request", NotFound = "not_found", QueueFull = "queue_full", TooLarge = "too_large", Unavailable = "unavailable";
}
