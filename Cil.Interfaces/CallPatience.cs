namespace Cil.Interfaces;

/// <summary>
/// How long a call waits for its answer that the progress of a job hangs on. Orleans ends calls to a silo that is lost, yet not
/// those that another silo had passed on to it: of them nobody hears, and they would wait out Orleans' 30 s. Each of these calls
/// may come twice, so that asking again costs nothing.
/// </summary>
internal static class CallPatience
{
    /// <summary>For what is answered from memory or after a write or two.</summary>
    internal const string Short = "00:00:05";

    /// <summary>For taking a chunk: a worker that gives up just before the answer counts as one that was lost with it.</summary>
    internal const string Begin = "00:00:10";
}
