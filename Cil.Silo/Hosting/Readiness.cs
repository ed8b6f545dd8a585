namespace Cil.Silo.Hosting;

/// <summary>Whether work should be sent to this silo.</summary>
public sealed class Readiness
{
    private volatile string? reason = "starting";

    public bool IsReady => reason is null;

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason => reason;

    /// <summary>Whether the silo is being drained; it is not ready again.</summary>
    internal bool IsLeaving { get; private set; }

    internal void Ready()
    {
        if (!IsLeaving) reason = null;
    }

    internal void NotReady(string why)
    {
        if (!IsLeaving) reason = why;
    }

    internal void Leaving()
    {
        IsLeaving = true;
        reason = "draining";
    }
}
