using Cil.Client.Contracts;

namespace Cil.Client.Jobs;

/// <summary>The queue has no room, or a quota is used up. The same request may be accepted later.</summary>
public sealed class QueueFullException : CilApiException
{
    private const int TooManyRequests = 429;

    /// <param name="reason">What there is no room in.</param>
    /// <param name="retryAfter">When to ask again.</param>
    /// <param name="code">The kind of limit; queue_full unless the service says otherwise.</param>
    public QueueFullException(string reason, TimeSpan retryAfter, string code = ApiProblem.QueueFull)
        : base(TooManyRequests, code, reason) => base.RetryAfter = retryAfter;

    /// <summary>How long to wait before asking again.</summary>
    public new TimeSpan RetryAfter => base.RetryAfter!.Value;
}
