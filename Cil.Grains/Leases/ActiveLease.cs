namespace Cil.Grains.Leases;

/// <summary>The lease of a chunk that a worker has, as known from its heartbeats.</summary>
internal sealed class ActiveLease(DateTimeOffset since)
{
    /// <summary>When the chunk was handed out, or adopted by a new activation of its coordinator.</summary>
    internal DateTimeOffset Since { get; } = since;

    internal DateTimeOffset LastHeartbeat { get; set; } = since;

    /// <summary>When it progressed last.</summary>
    internal DateTimeOffset Progressed { get; private set; } = since;

    /// <summary>Steps, frames or clips that are done.</summary>
    internal int Done { get; private set; }

    /// <summary>Whether the worker is being asked if it still has the chunk.</summary>
    internal bool IsAsked { get; set; }

    /// <summary>Whether the worker denies having the chunk, or is gone.</summary>
    internal bool IsGone { get; set; }

    /// <returns>Whether the chunk has progressed.</returns>
    internal bool RecordHeartbeat(DateTimeOffset now, int done)
    {
        LastHeartbeat = now;
        if (done <= Done) return false;
        (Done, Progressed) = (done, now);
        return true;
    }
}
