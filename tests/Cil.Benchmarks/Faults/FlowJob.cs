using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Faults;

/// <summary>A job that was acknowledged, and what became of it.</summary>
/// <param name="Kind">Which request it is of.</param>
internal sealed record FlowJob(RenderJobId Id, int Kind)
{
    /// <summary>Null when it did not end in time.</summary>
    internal JobSnapshot? End { get; set; }

    internal byte[]? Video { get; set; }

    /// <summary>Whether the grid said once that there is no such job.</summary>
    internal bool WasAbsent { get; set; }
}
