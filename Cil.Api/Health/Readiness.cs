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

    public void Ready()
    {
        if (!IsLeaving) reason = null;
    }

    public void NotReady(string why)
    {
        if (!IsLeaving) reason = why;
    }

    public void Leaving()
    {
        IsLeaving = true;
        reason = "draining";
    }
}
