namespace Cil.Interfaces;

/// <summary>
/// Timeouts of calls that a job's progress depends on. Orleans ends calls to a silo that is lost, but not those that another
/// silo had forwarded to it, which would wait for Orleans' own timeout of 30 s. Each of these calls is idempotent, so that
/// it can be repeated.
/// </summary>
internal static class CallTimeout
{
    /// <summary>For calls that are answered from memory or after a write or two.</summary>
    internal const string Short = "00:00:05";

    /// <summary>For beginning a chunk: a worker that gives up just before the answer counts as lost with the chunk.</summary>
    internal const string Begin = "00:00:10";
}
