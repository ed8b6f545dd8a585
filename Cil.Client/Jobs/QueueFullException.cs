namespace Cil.Client.Jobs;

/// <summary>The queue has no room. The same request may be accepted later.</summary>
public sealed class QueueFullException(string reason, TimeSpan retryAfter) : Exception(reason)
{
    /// <summary>How long to wait before asking again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
