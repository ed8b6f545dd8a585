namespace Cil.Grains.Leases;

/// <summary>A chunk in a worker's hand, as its coordinator heard of it.</summary>
internal sealed class RunningChunk(DateTimeOffset since)
{
    /// <summary>When it was handed out, or taken up again by a new coordinator.</summary>
    internal DateTimeOffset Since { get; } = since;

    internal DateTimeOffset Heard { get; set; } = since;

    /// <summary>When it came further last.</summary>
    internal DateTimeOffset Progressed { get; private set; } = since;

    /// <summary>Steps, frames or clips that are done.</summary>
    internal int Done { get; private set; }

    /// <summary>Its worker is being asked whether it still has it.</summary>
    internal bool IsAsked { get; set; }

    /// <summary>Its worker has it no more, or is gone.</summary>
    internal bool IsGone { get; set; }

    /// <returns>Whether it has come further.</returns>
    internal bool Hear(DateTimeOffset now, int done)
    {
        Heard = now;
        if (done <= Done) return false;
        (Done, Progressed) = (done, now);
        return true;
    }
}
