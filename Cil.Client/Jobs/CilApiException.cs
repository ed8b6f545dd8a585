using Cil.Interfaces;

namespace Cil.Client.Jobs;

/// <summary>
/// A call that the service refused, or that did not reach it. <see cref="IsTransient"/> says whether the same call may succeed later.
/// </summary>
/// <remarks>
/// Three kinds have types of their own: <see cref="RequestRefusedException"/>, <see cref="RequestMismatchException"/> and
/// <see cref="QueueFullException"/>. An operation that was cancelled throws <see cref="OperationCanceledException"/> instead.
/// </remarks>
public class CilApiException : Exception
{
    /// <summary>The code of a call that got no answer.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The code of an answer that no service of Cil gives.</summary>
    public const string NoService = "no_service";

    private const int RequestTimeout = 408, TooManyRequests = 429, InternalError = 500;

    /// <param name="status">The answer's HTTP status; null where there was no answer.</param>
    /// <param name="code">
    /// One of the constants of <see cref="Contracts.ApiProblem"/>, <see cref="Unreachable"/>, or <see cref="NoService"/>.
    /// </param>
    /// <param name="message">For people.</param>
    /// <param name="innerException">What kept the call from being answered; null where it was.</param>
    public CilApiException(int? status, string code, string message, Exception? innerException = null)
        : base(message, innerException) => (Status, Code) = (status, code);

    /// <summary>
    /// The answer's HTTP status, also where a client inside the cluster got the answer without HTTP; null where there was none.
    /// </summary>
    public int? Status { get; }

    /// <summary>For programs, such as queue_full.</summary>
    public string Code { get; }

    /// <summary>Each field of the request that is to blame, with what was given and what is possible; empty where none is.</summary>
    public IReadOnlyList<RequestError> Errors { get; init; } = [];

    /// <summary>How long the service asks to wait before the call is made again; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Names the request in the service's log; null where the service did not answer.</summary>
    public string? TraceId { get; init; }

    /// <summary>
    /// Whether the same call may succeed later: it got no answer, came too often, found no room, or the service could not do it for a
    /// moment. False for what is wrong with the request itself.
    /// </summary>
    public bool IsTransient => Status is null or RequestTimeout or TooManyRequests or >= InternalError;
}
