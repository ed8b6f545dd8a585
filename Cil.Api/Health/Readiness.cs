namespace Cil.Api.Health;

/// <summary>Whether work should be sent to this silo.</summary>
public sealed class Readiness
{
    private volatile string? reason = "starting";
    private volatile bool isLost;

    public bool IsReady => reason is null;

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason => reason;

    /// <summary>Whether the silo is being drained; it is not ready again.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether nothing but a new start of the process helps.</summary>
    public bool IsLost => isLost;

    public void Ready() => Set(null);

    public void NotReady(string why) => Set(why);

    /// <summary>Not ready, and not to become so by itself: a supervisor is told to start the process anew.</summary>
    public void Lost(string why) => Set(why, lost: true);

    public void Leaving()
    {
        IsLeaving = true;
        reason = "draining";
    }

    private void Set(string? why, bool lost = false)
    {
        isLost = lost;
        if (!IsLeaving) reason = why;
    }
}
