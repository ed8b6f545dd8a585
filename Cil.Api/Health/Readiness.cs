namespace Cil.Api.Health;

/// <summary>Whether work should be sent to this silo.</summary>
public sealed class Readiness
{
    private volatile string? reason = "starting";

    public bool IsReady => reason is null;

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason => reason;

    /// <summary>Whether the silo is being drained; it is not ready again.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether nothing but a new start of the process helps.</summary>
    public bool IsLost { get; private set; }

    public void Ready()
    {
        IsLost = false;
        if (!IsLeaving) reason = null;
    }

    public void NotReady(string why)
    {
        IsLost = false;
        if (!IsLeaving) reason = why;
    }

    /// <summary>Not ready, and not to become so by itself: a supervisor is told to start the process anew.</summary>
    public void Lost(string why)
    {
        NotReady(why);
        IsLost = true;
    }

    public void Leaving()
    {
        IsLeaving = true;
        reason = "draining";
    }
}
