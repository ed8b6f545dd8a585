namespace Orleans.Configuration;

/// <summary>Settings of requests.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits for an answer: 30 seconds by default.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a cancelled call waits until the grain has ended it. False by default: the caller goes on at once.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }
}
